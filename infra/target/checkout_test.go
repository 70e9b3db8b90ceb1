package target

import "testing"

func TestCheckout(t *testing.T) {
	root := t.TempDir()
	t.Setenv("KILLRVIDEO_ROOT", root)
	if got, err := Checkout(); err != nil || got != root {
		t.Errorf("got %s, %v", got, err)
	}
	t.Setenv("KILLRVIDEO_ROOT", "")
	t.Chdir(root)
	if _, err := Checkout(); err == nil {
		t.Error("a folder that is no checkout passes")
	}
}

func TestProblemsSayTheCure(t *testing.T) {
	t.Parallel()
	var p Problems
	if p.OrNil() != nil {
		t.Error("no problem is an error")
	}
	p.Add("cloudrun.region", "europe-west1", "%q is no region", "moon")
	want := `cloudrun.region: "moon" is no region; mend it with: pulumi config set --path cloudrun.region europe-west1`
	if err := p.OrNil(); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
