package operate

import (
	"encoding/json"
	"slices"
)

// HistoryOutput is the output of a stack in which its History is. It is in the
// state, so that everyone who works with the stack has the same one.
const HistoryOutput = "history"

// remembered is how many revisions and rotations a stack remembers.
const remembered = 10

// History is what a stack remembers of itself. It holds no secret.
type History struct {
	// Revisions are the last ones that were proved, the newest last.
	Revisions []Revision `json:"revisions"`
	// Rotations are the last changes of credentials, the newest last.
	Rotations []Rotation `json:"rotations"`
}

// Revision is one that was proved.
type Revision struct {
	Revision string `json:"revision"`
	// Image is what ran, by digest.
	Image string `json:"image"`
	// ProvedAt is RFC 3339, "" if the gate was off.
	ProvedAt string `json:"provedAt"`
	// Settings are those of the stack that are no secrets, by their key.
	Settings map[string]string `json:"settings"`
}

// Rotation is the audit line of a changed credential.
type Rotation struct {
	// At is when the new credential was proved, RFC 3339.
	At string `json:"at"`
	// What is the credential, by the name of its setting or variable.
	What string `json:"what"`
	// From and To are ids that do not reveal the credential.
	From string `json:"from"`
	To   string `json:"to"`
	// Fingerprint of the new one, "" where the id is all there is.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// HistoryIn reads the history in a stack's outputs; it is empty if there is none.
func HistoryIn(outputs map[string]any) (h History) {
	text, err := json.Marshal(outputs[HistoryOutput])
	if err == nil {
		_ = json.Unmarshal(text, &h) // of another version: begins again
	}
	return h
}

// Output is the history in the form of an output.
func (h History) Output() map[string]any {
	text, err := json.Marshal(h)
	output := map[string]any{}
	if err == nil {
		_ = json.Unmarshal(text, &output)
	}
	return output
}

// Proved notes a revision as the newest. One that is the newest already keeps
// the time of its proof; its settings may have changed without making another
// revision. After a roll-back to an earlier revision it takes that one's place,
// which it may differ from by its credentials, and what came after is forgotten:
// the next roll-back goes further back and not forward again.
func (h History) Proved(r Revision, backTo string) History {
	all := slices.Clone(h.Revisions)
	if at := h.index(backTo); at >= 0 {
		all = all[:at]
	}
	h.Revisions = all
	switch at := h.index(r.Revision); {
	case at >= 0 && at == len(all)-1 && all[at].Image == r.Image:
		all[at].Settings = r.Settings
	case at >= 0:
		all = append(slices.Delete(all, at, at+1), r)
	default:
		all = append(all, r)
	}
	h.Revisions = all[max(0, len(all)-remembered):]
	return h
}

func (h History) index(revision string) int {
	return slices.IndexFunc(h.Revisions, func(r Revision) bool { return r.Revision == revision })
}

// Rotated notes a rotation, if there was one: a first credential is none.
func (h History) Rotated(r Rotation) History {
	if r.From == "" || r.To == "" || r.From == r.To {
		return h
	}
	all := append(slices.Clone(h.Rotations), r)
	h.Rotations = all[max(0, len(all)-remembered):]
	return h
}

// Since are the rotations that an earlier history does not have.
func (h History) Since(before History) []Rotation {
	return slices.DeleteFunc(slices.Clone(h.Rotations), func(r Rotation) bool { return slices.Contains(before.Rotations, r) })
}

// Newest is the last proved revision; false if there is none.
func (h History) Newest() (Revision, bool) {
	if len(h.Revisions) == 0 {
		return Revision{}, false
	}
	return h.Revisions[len(h.Revisions)-1], true
}

// Of is what is remembered of a revision; false if nothing is.
func (h History) Of(revision string) (Revision, bool) {
	if at := h.index(revision); at >= 0 {
		return h.Revisions[at], true
	}
	return Revision{}, false
}
