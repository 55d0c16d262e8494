package chain

import (
	"regexp"
	"strconv"
	"strings"
)

// dialect is one way in which endpoints word a refusal. The message is matched
// before the code, since one code means a different thing at each provider.
type dialect struct {
	kind Kind
	// says matches the lower-case message (and the error's data) of the refusal. Its
	// first group, if any, is the limit it states ([Refusal.Limit]).
	says *regexp.Regexp
}

// dialects are tried in this order: what names a cause stands before what could
// also be the wording of another.
var dialects = []dialect{
	{Reverted, regexp.MustCompile(`execution reverted|vm exception|invalid opcode|^revert`)},
	{BatchTooLarge, regexp.MustCompile(`([\d,]+) (?:calls|requests) (?:in|per) (?:1|one|a|single) batch`)},
	{BatchTooLarge, regexp.MustCompile(`batch.* (?:limit|max(?:imum)?)(?: size)?(?: of| is|:)* ([\d,]+)`)},
	{BatchTooLarge, regexp.MustCompile(`in (?:1|one|a|single) batch|batch (?:is )?too large|batch size|batch limit|batch(?:es| requests?| calls?)? (?:are |is )?(?:not|disabled|unsupported)|max batch|too many (?:requests|calls) in (?:a )?batch`)},
	{NoArchive, regexp.MustCompile(`archive|missing trie node|pruned|historical state|state histor|state (?:at block \S+ )?is (?:not available|unavailable)|no state available|state not (?:found|available)|history (?:is )?unavailable|older than|too old|maximum proof window`)},
	{TooLarge, regexp.MustCompile(`response (?:is )?too (?:large|big)|response size|size exceeded|max(?:imum)? results|too many (?:results|logs)|returned more than|more than [\d,]+ (?:results|logs)|exceeds? limit of [\d,]+ (?:results|logs)|logs matched by query exceeds|result set too large|read limit exceeded|answer exceeds the size limit`)},
	{Timeout, regexp.MustCompile(`time(?:d)?[ -]?out|deadline exceeded|took too long|too long to`)},
	{BeyondHead, regexp.MustCompile(`beyond (?:the )?(?:current )?head|after last accepted|(?:greater|higher|newer) than (?:the )?(?:latest|current|head)|future block|block (?:is )?out of range`)},
	{BadRequest, regexp.MustCompile(`invalid block range|specify an address|max addresses or topics|cannot specify both`)},
	{RangeTooWide, regexp.MustCompile(`limited to (?:a )?(?:0 - )?([\d,]+)(?: blocks?)? range`)},
	{RangeTooWide, regexp.MustCompile(`up to an? ([\d,]+) block range`)},
	{RangeTooWide, regexp.MustCompile(`range [\d,]+ exceeds limit of ([\d,]+)`)},
	{RangeTooWide, regexp.MustCompile(`bigger than range limit ([\d,]+)`)},
	{RangeTooWide, regexp.MustCompile(`max(?:imum)? block range:? ([\d,]+)`)},
	{RangeTooWide, regexp.MustCompile(`blocks distance: ([\d,]+)`)},
	{RangeTooWide, regexp.MustCompile(`narrow your filter: ([\d,]+)`)},
	{RangeTooWide, regexp.MustCompile(`too many blocks.*maximum is set to ([\d,]+)`)},
	{RangeTooWide, regexp.MustCompile(`range.* max(?:imum)?(?: is)?:? ([\d,]+)`)},
	{NotOffered, regexp.MustCompile(`not (?:supported|available|allowed|enabled) (?:on|in|for|with) .*(?:plan|tier)|(?:plan|tier) does not`)},
	{RangeTooWide, regexp.MustCompile(`range (?:is )?too (?:large|wide|big|long)|exceeds? .*(?:block )?range|block range (?:limit )?(?:exceed|is limited)|too many blocks|range limit`)},
	{RateLimited, regexp.MustCompile(`rate.?limit|request limit|too many requests|limit exceeded|limit reached|exceeded .*(?:capacity|quota|throughput)|compute units|call rate|requests per second|throttl|quota`)},
	{Outage, regexp.MustCompile(`no backend|not (?:currently )?healthy|bad gateway|service unavailable|temporarily unavailable|connection refused|upstream|not synced|syncing|no such host|connection reset`)},
	{Unauthorized, regexp.MustCompile(`unauthori[sz]ed|authenticat|api[ -]?key|access denied|forbidden|invalid (?:token|project id)|personal token`)},
	{NotOffered, regexp.MustCompile(`method.*(?:not (?:found|supported|available|allowed|exist|whitelisted)|unsupported)|unsupported method|does not exist/is not available|not supported|not offered|upgrade your`)},
	{UnknownBlock, regexp.MustCompile(`unknown block|header not found|block not found|block #?\S+ not found|(?:could not|couldn't|cannot) find block|not (?:currently )?canonical|header for hash not found|resource not found`)},
}

// kindsByCode are the JSON-RPC codes that mean something where the message says
// nothing.
var kindsByCode = map[int]Kind{
	3:      Reverted,
	19:     Outage,     // dRPC
	30:     Timeout,    // dRPC
	35:     NotOffered, // dRPC
	4444:   NoArchive,  // pruned history, go-ethereum
	-32700: BadRequest,
	-32600: BadRequest,
	-32601: NotOffered,
	-32602: BadRequest,
	-32001: UnknownBlock,
	-32002: Timeout,  // go-ethereum
	-32003: TooLarge, // go-ethereum
	-32004: NotOffered,
	-32005: RateLimited,
	-32014: BatchTooLarge, // Base's proxy
	-32020: TooLarge,      // Base's proxy
	-32062: RangeTooWide,  // OP's proxy
	-32614: RangeTooWide,
}

// kindOfStatus gives what an HTTP status means without a readable body.
func kindOfStatus(status int) Kind {
	switch {
	case status == 401 || status == 403:
		return Unauthorized
	case status == 408 || status == 504:
		return Timeout
	case status == 413:
		return TooLarge
	case status == 429:
		return RateLimited
	case status == 400 || status == 405 || status == 415 || status == 422:
		return BadRequest
	case status >= 300:
		return Outage
	default:
		return Unknown
	}
}

// kindOfMessage gives the kind of a message and the limit it states. A limit of
// zero means that it states none; ok is false when no dialect knows the message.
func kindOfMessage(message string) (kind Kind, limit uint64, ok bool) {
	message = strings.ToLower(message)

	for _, d := range dialects {
		groups := d.says.FindStringSubmatch(message)
		if groups == nil {
			continue
		}

		if len(groups) > 1 {
			limit, _ = strconv.ParseUint(strings.ReplaceAll(groups[1], ",", ""), 10, 64)
		}

		return d.kind, limit, true
	}

	return Unknown, 0, false
}
