package readiness

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Failure is the error of a proof that ran out of time. Its text is the report.
type Failure struct {
	proof Proof
	seen  observations
	log   []string
}

// Error tells what was waited for, what came instead, and what to do.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "revision %s does not serve at %s: after %s and %d requests to %s, %d were answered by it and ready (%d in a row are "+
		"needed).",
		f.proof.Revision, f.proof.URL, f.proof.Timeout, f.seen.asked, f.proof.Path, f.seen.right, f.proof.Consecutive)
	fmt.Fprintf(&b, "\nLast: %s.", f.seen.last)
	if f.seen.last.body != "" && f.seen.last.reason == "" {
		fmt.Fprintf(&b, " Body: %s", f.seen.last.body)
	}
	if len(f.seen.others) > 0 {
		fmt.Fprintf(&b, "\nOther revisions answered: %s.", f.others())
	}
	if len(f.log) > 0 {
		fmt.Fprintf(&b, "\nLast lines of %s:\n  %s", f.proof.LogFile, strings.Join(f.log, "\n  "))
	}
	fmt.Fprintf(&b, "\nWhat to do: %s", f.advice())
	return b.String()
}

// AnsweredByOthers tells that another revision answered.
func (f *Failure) AnsweredByOthers() bool { return len(f.seen.others) > 0 }

func (f *Failure) others() string {
	parts := []string{}
	for _, revision := range slices.Sorted(maps.Keys(f.seen.others)) {
		parts = append(parts, fmt.Sprintf("%s (%d times)", revision, f.seen.others[revision]))
	}
	return strings.Join(parts, ", ")
}

// advice is the likeliest reason and its fix.
func (f *Failure) advice() string {
	last := f.seen.last
	switch {
	case errors.Is(last.err, context.DeadlineExceeded):
		return "something listens there and does not answer: look at the service's log, and at what is in front of it."
	case last.err != nil:
		return "nothing listens there, or it cannot be reached from here: look at the service's log and at the URL."
	case last.status == 401 || last.status == 403 || last.status/100 == 3:
		return "something in front of the service asks for a sign-in or redirects: allow unauthenticated requests to it, or correct the URL."
	case last.status == 503:
		return "the service runs but its database does not answer it: look at the token, the endpoint, the keyspace and the service's log."
	case last.revision != "" && last.revision != f.proof.Revision:
		return "another revision has the traffic: the new one did not start or was not given it; look at the platform's reason and log."
	case last.status == 200 && last.revision == "":
		return "what answers there names no revision: it is another program, or REVISION is not set."
	case last.status == 200:
		return "the right revision answers at times: old instances still serve; a longer timeout may be enough."
	default:
		return "what answers there is not a healthy service: look at its log and at the URL."
	}
}
