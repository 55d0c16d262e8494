package store

import (
	"errors"
	"net/url"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// secret is what must not be shown, in the forms in which it may occur.
type secret []string

const hidden = "[hidden]"

func secretOf(options *clickhouse.Options) secret { return secretForms(options.Auth.Password) }

// secretOfDSN finds the password of an address that nothing else can read.
func secretOfDSN(dsn string) secret {
	_, rest, _ := strings.Cut(dsn, "://")

	user, _, ok := cutLast(rest, "@")
	if !ok {
		return nil
	}

	_, password, _ := strings.Cut(user, ":")
	forms := secretForms(password)

	if plain, err := url.PathUnescape(password); err == nil && plain != password {
		forms = append(forms, secretForms(plain)...)
	}

	return forms
}

func secretForms(password string) secret {
	if password == "" {
		return nil
	}

	return secret{password, url.QueryEscape(password), url.PathEscape(password), url.UserPassword("", password).String()[1:]}
}

// redacted is an error whose text holds no secret. What it wraps may.
type redacted struct {
	text string
	err  error
}

// Error implements error.
func (r *redacted) Error() string { return r.text }

// Unwrap gives the error as it was, to be asked what it is, not to be printed.
func (r *redacted) Unwrap() error { return r.err }

// redact hides the secret in the error's text.
func (s secret) redact(err error) error {
	if err == nil || len(s) == 0 {
		return err
	}

	var done *redacted
	if errors.As(err, &done) && done.Error() == err.Error() {
		return err
	}

	text := err.Error()
	for _, form := range s {
		text = strings.ReplaceAll(text, form, hidden)
	}

	if text == err.Error() {
		return err
	}

	return &redacted{text, err}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}

	return s, "", false
}
