package decode

import (
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// custom is an event of a user-supplied ABI.
type custom struct {
	name   string
	params []customParam
	// topics is how many topics the log has.
	topics int
	// skip is how many of them come before the arguments: 0 in an anonymous event.
	skip int
}

// customParam is an argument of a custom event.
type customParam struct {
	name    string
	kind    *abi.Type
	indexed bool
}

func newCustom(event *abi.Event) custom {
	c := custom{name: event.RawName, params: make([]customParam, len(event.Inputs))}
	if !event.Anonymous {
		c.topics, c.skip = 1, 1
	}

	names := make([]string, len(event.Inputs))
	for i := range event.Inputs {
		names[i] = event.Inputs[i].Name
	}

	for i, name := range uniqueNames(names) {
		input := &event.Inputs[i]
		c.params[i] = customParam{name: name, kind: &input.Type, indexed: input.Indexed}

		if input.Indexed {
			c.topics++
		}
	}

	return c
}

// uniqueNames are the names as keys of a JSON object: an empty or repeated one becomes
// arg and its position, counted from 0.
func uniqueNames(names []string) []string {
	unique := make([]string, len(names))
	seen := make(map[string]bool, len(names))

	for i, name := range names {
		if name == "" || seen[name] {
			name = fmt.Sprintf("arg%d", i)
		}

		for seen[name] { // one that was named so
			name += "_"
		}

		unique[i], seen[name] = name, true
	}

	return unique
}

// read fills in the event: all arguments in Args, the first two addresses in Account
// and Counterparty. On an error it leaves the event alone.
func (c *custom) read(e *Event, l *types.Log) *MalformedError {
	if len(l.Topics) != c.topics {
		return malformed(l, c.name, "topics", fmt.Sprintf("want %d, got %d", c.topics, len(l.Topics)))
	}

	topics, data := l.Topics[c.skip:], newEncoding(l.Data, c.inData())

	var (
		args      object
		addresses [2]common.Address
		found     int
	)

	for i := range c.params {
		p := &c.params[i]

		var (
			value string
			err   error
		)

		if p.indexed {
			value, err = topicJSON(p.kind, topics[0])
			topics = topics[1:]
		} else {
			value, err = data.next(p.kind)
		}

		if err != nil {
			return malformed(l, c.name, p.name, err.Error())
		}

		args.add(p.name, value)

		if p.kind.T == abi.AddressTy && found < len(addresses) {
			addresses[found] = common.HexToAddress(value[1 : len(value)-1])
			found++
		}
	}

	if rest := data.rest(); rest != 0 {
		return malformed(l, c.name, "data", fmt.Sprintf("%d bytes too many", rest))
	}

	e.Name, e.Kind, e.Args = c.name, KindCustom, args.String()
	e.Account, e.Counterparty = addresses[0], addresses[1]

	return nil
}

// inData are the types of the arguments that are not indexed.
func (c *custom) inData() []*abi.Type {
	var kinds []*abi.Type

	for i := range c.params {
		if !c.params[i].indexed {
			kinds = append(kinds, c.params[i].kind)
		}
	}

	return kinds
}
