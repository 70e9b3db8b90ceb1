package stacks

import "testing"

func TestAstraEndpoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"https://astra.example.org": true, "https://astra.example.org:8443/v2": true, "http://127.0.0.1:8181": true, "http://localhost:8181/v2": true,
		"http://[::1]:8181": true, "http://astra.example.org": false, "http://10.0.0.1": false, "astra.example.org": false,
		"https://astra.example.org/": false, "https://me:secret@astra.example.org": false, "https://astra.example.org?x": false, "ftp://x": false,
	} {
		if got := astraEndpoint(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
