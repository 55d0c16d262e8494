package decode

import (
	"fmt"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"diemhouse/pkg/venice"
)

// curveSize is the data of a curve update in bytes: 256 bounds, then 256 rates.
const curveSize = 2 * venice.Buckets * wordSize

// curveNames are the names that the curve update may have. Neither is certain.
var curveNames = map[common.Hash]string{
	topicOf("DiemMintRatesUpdated(uint256[256],uint256[256])"): "DiemMintRatesUpdated",
	topicOf("DiemMintCurveUpdated(uint256[256],uint256[256])"): "DiemMintCurveUpdated",
}

// isCurve reports whether the log is a curve update: no other event of staking has
// data of that size, so it is one whatever its topic.
func isCurve(contract Contract, l *types.Log) bool {
	return contract == ContractStaking && len(l.Data) == curveSize
}

// readCurve reads a curve update. Where the topic is none of the known names, the
// args keep all topics, because the event's name does not tell them.
func readCurve(e *Event, l *types.Log) {
	var curve venice.Curve

	for i := range venice.Buckets {
		curve.Bounds[i].SetBytes32(l.Data[i*wordSize:])
		curve.Rates[i].SetBytes32(l.Data[(venice.Buckets+i)*wordSize:])
	}

	e.Kind = KindCurveUpdated
	e.Args = curveArgs(&curve, l)

	if err := curve.Validate(); err != nil {
		e.Problem = ProblemCurve
	}
}

func curveArgs(curve *venice.Curve, l *types.Log) string {
	target, err := curve.Target()
	if err != nil {
		target = 0
	}

	var args object

	args.add("target", `"`+strconv.FormatFloat(target, 'f', -1, 64)+`"`)
	args.add("bounds", decimals(curve.Bounds[:]))
	args.add("rates", decimals(curve.Rates[:]))

	if len(l.Topics) != 1 || curveNames[l.Topics[0]] == "" {
		args.add("topics", hashes(l.Topics))
	}

	return args.String()
}

func decimals(values []uint256.Int) string {
	text := []byte{'['}

	for i := range values {
		if i > 0 {
			text = append(text, ',')
		}

		text = append(text, '"')
		text = append(text, values[i].Dec()...)
		text = append(text, '"')
	}

	return string(append(text, ']'))
}

func hashes(topics []common.Hash) string {
	text := []byte{'['}

	for i, topic := range topics {
		if i > 0 {
			text = append(text, ',')
		}

		text = fmt.Appendf(text, `"0x%x"`, topic[:])
	}

	return string(append(text, ']'))
}
