package plan

import "strings"

// moved are the resources, by label, that tell something else after a change:
// a plan names what they tell by where it comes from, so that it reads the same
// before and after.
type moved map[string]bool

// moves follows a change through all that it moves: a new generation of a key
// is a new version of a secret, and that is a new revision.
func moves(old map[string]Resource, after *Plan) moved {
	told := moved{}
	for again := true; again; {
		again = false
		for _, r := range after.Resources {
			was, there := old[r.Label()]
			if there && !told[r.Label()] && told.by(was, r) {
				told[r.Label()], again = true, true
			}
		}
	}
	return told
}

// by reports whether a change of a resource changes its outputs: a replacement
// does, and so do a key and codes that change in place.
func (told moved) by(was, now Resource) bool {
	inputs, replacing := changed(was, now, told)
	inPlace := now.Type == "astradb:index:SigningKey" || now.Type == "astradb:index:OneTimeCodes"
	return replacing || len(inputs) > 0 && inPlace
}

// reach tells whether an input comes from what has moved. A secret does not say
// where it comes from; it is taken to come from every credential that its
// resource waits for.
func (told moved) reach(r Resource, input any) bool {
	text := written(input)
	for _, label := range r.After {
		kind, name, _ := strings.Cut(label, " ")
		named := strings.Contains(text, "${"+name+".")
		kept := strings.Contains(text, Secret) && len(hidden[kind]) > 0
		if told[label] && (named || kept) {
			return true
		}
	}
	return false
}
