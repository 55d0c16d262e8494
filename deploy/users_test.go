package deploy_test

import (
	"encoding/xml"
	"testing"

	"github.com/stretchr/testify/require"
)

// user is one of deploy/clickhouse/users.xml.
type user struct {
	XMLName  xml.Name `xml:""`
	Password struct {
		Env string `xml:"from_env,attr"`
	} `xml:"password"`
	Profile string `xml:"profile"`

	profiles map[string]string
}

func (u user) readonly(t *testing.T) string {
	t.Helper()
	require.Contains(t, u.profiles, u.Profile)

	return u.profiles[u.Profile]
}

func readUsers(t *testing.T) map[string]user {
	t.Helper()

	var file struct {
		Profiles struct {
			List []struct {
				XMLName  xml.Name `xml:""`
				Readonly string   `xml:"readonly"`
			} `xml:",any"`
		} `xml:"profiles"`
		Users struct {
			List []user `xml:",any"`
		} `xml:"users"`
	}

	require.NoError(t, xml.Unmarshal([]byte(read(t, "deploy/clickhouse/users.xml")), &file))

	profiles := map[string]string{}
	for _, p := range file.Profiles.List {
		profiles[p.XMLName.Local] = p.Readonly
	}

	users := map[string]user{}

	for _, u := range file.Users.List {
		u.profiles = profiles
		users[u.XMLName.Local] = u
	}

	return users
}
