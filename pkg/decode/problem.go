package decode

// What Event.Problem can be, beside empty and "malformed: …" ([MalformedError]).
const (
	// ProblemMissingPartner is of a DiemMinted or DiemBurned without a DIEM mint or
	// burn just before it: the amounts are known, the account is not.
	ProblemMissingPartner = "missing_partner"
	// ProblemAmountMismatch is of one whose partner moved another amount.
	ProblemAmountMismatch = "amount_mismatch"
	// ProblemCurve is of a curve update whose bounds do not ascend or that has a rate
	// of 0: no quote can be made from it.
	ProblemCurve = "curve_not_ascending"
	// ProblemUnknownEvent is of a log whose topic nothing knows.
	ProblemUnknownEvent = "unknown_event"
	// ProblemAmbiguous is of a log that several anonymous events of the user's ABIs fit;
	// their names follow.
	ProblemAmbiguous = "ambiguous"
	// ProblemUnknownContract is of a log of an address that is not watched.
	ProblemUnknownContract = "unknown_contract"
)
