package embed_test

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/embed"
)

// fitting is how many tokens of a text's own a model takes.
const fitting = embed.MaxTokens - 2

func TestClip(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"nothing":           {" ", " "},
		"the most words":    {strings.Repeat("cat  ", fitting), strings.Repeat("cat  ", fitting)},
		"one more":          {strings.Repeat("cat  ", fitting) + "dog", strings.TrimSpace(strings.Repeat("cat  ", fitting))},
		"marks count":       {strings.Repeat("!", fitting+1), strings.Repeat("!", fitting)},
		"long words do too": {strings.Repeat("telescope ", fitting), strings.TrimSpace(strings.Repeat("telescope ", fitting/3))},
		"one endless word":  {" " + strings.Repeat("0", 5000), strings.Repeat("0", fitting)},
		"of another script": {strings.Repeat("語", fitting+1), strings.Repeat("語", fitting)},
		"other scripts":     {strings.Repeat("日本語 ", fitting), strings.TrimSpace(strings.Repeat("日本語 ", fitting/3))},
	} {
		if got := embed.Clip(test.text); got != test.want {
			t.Errorf("%s: %d letters, want %d", name, len(got), len(test.want))
		}
	}
}

func TestTextsForAstraAreTruncated(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("cat ", 2*embed.MaxTokens)
	if got := embed.ByAstra(long); got.Vector != nil || got.Model != embed.AstraModel || len(strings.Fields(got.Text)) != fitting {
		t.Errorf("%d words for %s", len(strings.Fields(got.Text)), got.Model)
	}
}
