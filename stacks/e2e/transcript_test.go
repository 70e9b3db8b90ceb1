package e2e

import (
	"flag"
	"fmt"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

var _ = flag.Bool("update", false, "write the transcripts into the documents")

// transcript compares what a command printed with a document.
func (m *machine) transcript(t *testing.T, document, name, printed string) {
	t.Helper()
	enginetest.Transcript(t, m.root, document, name, printed,
		m.home, "/home/you/killrvideo-go/.killrvideo", fmt.Sprintf(":%d", m.port), ":8000")
}
