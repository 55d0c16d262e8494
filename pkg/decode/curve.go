package decode

import (
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"diemhouse/pkg/venice"
)

// curveSize is the data of a curve update in bytes: 256 bounds, then 256 rates.
const curveSize = 2 * venice.Buckets * wordSize

// isCurve reports whether the log is a curve update: no other event of staking has
// data of that size, so it is one whatever its topic.
func isCurve(contract Contract, l *types.Log) bool {
	return contract == ContractStaking && len(l.Data) == curveSize
}

// readCurve reads a curve update. Its name is that of the layout or of the user's ABI;
// args keep the topics unless the layout's name is all that they say.
func readCurve(e *Event, l *types.Log, c *candidates) {
	curve := curveOf(l.Data)

	e.Kind = KindCurveUpdated
	if err := curve.Validate(); err != nil {
		e.Problem = ProblemCurve
	}

	target, err := curve.Target()
	if err != nil {
		target = 0 // a table that fits no target is a table all the same
	}

	var args object

	args.add("target", `"`+strconv.FormatFloat(target, 'f', -1, 64)+`"`)
	args.add("bounds", decimals(curve.Bounds[:]))
	args.add("rates", decimals(curve.Rates[:]))

	e.Name = c.curveName()
	if e.Name == "" || len(l.Topics) != 1 {
		args.add("topics", hashes(l.Topics))
	}

	if e.Name == "" && c != nil && len(c.custom) > 0 {
		e.Name = c.custom[0].name
	}

	e.Args = args.String()
}

// curveName is the name of a curve update under this topic, empty where the topic is
// another event's or nobody's.
func (c *candidates) curveName() string {
	if c == nil || len(c.layouts) == 0 || c.layouts[0].kind != KindCurveUpdated {
		return ""
	}

	return c.layouts[0].name
}

// curveOf reads the table. The bounds come first, as in setDiemMintCurve; since that
// is inferred, a table that fits a target supply only the other way round is read
// the other way round.
func curveOf(data []byte) venice.Curve {
	var curve venice.Curve

	for i := range venice.Buckets {
		curve.Bounds[i].SetBytes32(data[i*wordSize:])
		curve.Rates[i].SetBytes32(data[(venice.Buckets+i)*wordSize:])
	}

	swapped := venice.Curve{Bounds: curve.Rates, Rates: curve.Bounds}

	_, err := curve.Target()
	if _, swappedErr := swapped.Target(); err != nil && swappedErr == nil {
		return swapped
	}

	return curve
}

func decimals(values []uint256.Int) string {
	quoted := make([]string, len(values))
	for i := range values {
		quoted[i] = `"` + values[i].Dec() + `"`
	}

	return list(quoted)
}

func hashes(topics []common.Hash) string {
	quoted := make([]string, len(topics))
	for i := range topics {
		quoted[i] = hexJSON(topics[i][:])
	}

	return list(quoted)
}
