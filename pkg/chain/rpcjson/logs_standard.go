package rpcjson

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// maxTopics is what the EVM's LOG4 can carry.
const maxTopics = 4

// wireLog is a log as endpoints write it. It is read more leniently than types.Log
// does: topics may be padded with null, numbers may be JSON numbers or have leading
// zeros, block hash and block time may be missing (completed from headers). Place,
// address, transaction, topics and data must be there.
//
//nolint:tagliatelle // JSON-RPC names them so
type wireLog struct {
	Address        *string    `json:"address"`
	Topics         []*string  `json:"topics"`
	Data           *string    `json:"data"`
	BlockNumber    wireNumber `json:"blockNumber"`
	BlockHash      *string    `json:"blockHash"`
	BlockTimestamp wireNumber `json:"blockTimestamp"`
	TxHash         *string    `json:"transactionHash"`
	TxIndex        wireNumber `json:"transactionIndex"`
	Index          wireNumber `json:"logIndex"`
	Removed        bool       `json:"removed"`
}

// wireNumber is a number that may be hex text, decimal, or absent.
type wireNumber struct {
	value uint64
	given bool
}

// UnmarshalJSON reads "0x1f", 31 or null.
func (n *wireNumber) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}

	text := string(raw)

	base := 10
	if len(text) >= 2 && text[0] == '"' {
		text = text[1 : len(text)-1]
		if !strings.HasPrefix(text, "0x") && !strings.HasPrefix(text, "0X") {
			return fmt.Errorf("number %q has no 0x", text)
		}

		text, base = text[2:], 16
	}

	value, err := strconv.ParseUint(text, base, 64)
	if err != nil {
		return fmt.Errorf("number %q is not a 64-bit unsigned integer", text)
	}

	n.value, n.given = value, true

	return nil
}

// standardLogs reads a list of logs by encoding/json; placed says that each must
// have its place and transaction.
func standardLogs(raw []byte, placed bool) ([]types.Log, error) {
	if text := bytes.TrimSpace(raw); len(text) == 0 || bytes.Equal(text, []byte("null")) {
		return nil, errors.New("answer is null, not a list of logs")
	}

	var wire []wireLog
	if err := json.Unmarshal(raw, &wire); err != nil {
		return nil, fmt.Errorf("list of logs: %w", err)
	}

	logs := make([]types.Log, len(wire))

	for i := range wire {
		if err := wire[i].into(&logs[i], placed); err != nil {
			return nil, fmt.Errorf("log %d of %d: %w", i+1, len(wire), err)
		}
	}

	return logs, nil
}

func (w *wireLog) into(l *types.Log, placed bool) error {
	if placed {
		if err := w.place(l); err != nil {
			return err
		}
	}

	if err := decodeFixed("address", w.Address, l.Address[:]); err != nil {
		return err
	}

	if err := w.topics(l); err != nil {
		return err
	}

	if w.Data == nil {
		return errors.New("data is missing")
	}

	digits, err := hexDigits("data", *w.Data)
	if err != nil {
		return err
	}

	if l.Data, err = hex.DecodeString(digits); err != nil {
		return errors.New("data is not hex")
	}

	return nil
}

// place reads where the log stands.
func (w *wireLog) place(l *types.Log) error {
	if !w.BlockNumber.given || !w.Index.given || !w.TxIndex.given {
		return errors.New("block number, transaction index or log index is missing (a pending log)")
	}

	l.BlockNumber, l.BlockTimestamp = w.BlockNumber.value, w.BlockTimestamp.value
	l.Index, l.TxIndex, l.Removed = uint(w.Index.value), uint(w.TxIndex.value), w.Removed

	if err := decodeFixed("transactionHash", w.TxHash, l.TxHash[:]); err != nil {
		return err
	}

	if w.BlockHash == nil {
		return nil
	}

	return decodeFixed("blockHash", w.BlockHash, l.BlockHash[:])
}

// topics reads the topics up to the padding; a topic after padding is an error.
func (w *wireLog) topics(l *types.Log) error {
	if w.Topics == nil {
		return errors.New("topics are missing")
	}

	if len(w.Topics) > maxTopics {
		return fmt.Errorf("%d topics", len(w.Topics))
	}

	l.Topics = make([]common.Hash, 0, len(w.Topics))

	for i, text := range w.Topics {
		if text == nil {
			continue
		}

		if i != len(l.Topics) {
			return errors.New("a null topic stands before another topic")
		}

		var topic common.Hash
		if err := decodeFixed("topic", text, topic[:]); err != nil {
			return err
		}

		l.Topics = append(l.Topics, topic)
	}

	return nil
}

// decodeFixed reads hex of exactly the length of into.
func decodeFixed(field string, text *string, into []byte) error {
	if text == nil {
		return errors.New(field + " is missing")
	}

	digits, err := hexDigits(field, *text)
	if err != nil {
		return err
	}

	if len(digits) != 2*len(into) {
		return fmt.Errorf("%s has %d hex digits, want %d", field, len(digits), 2*len(into))
	}

	if _, err := hex.Decode(into, []byte(digits)); err != nil {
		return errors.New(field + " is not hex")
	}

	return nil
}

func hexDigits(field, text string) (string, error) {
	if len(text) < 2 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X') {
		return "", errors.New(field + " has no 0x")
	}

	return text[2:], nil
}
