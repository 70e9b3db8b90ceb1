package app

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/secret"
)

func valid() App {
	return App{Name: "killrvideo", Environment: "dev", Settings: map[string]string{"A": "1"}, Probes: DefaultProbes()}
}

func TestRevisionDependsOnEverythingItPins(t *testing.T) {
	t.Parallel()
	base, err := revision("sha256:a", map[string]string{"A": "1", "B": "2"}, map[string]string{"TOKEN": "v1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(base) != 12 {
		t.Errorf("the revision %q has not 12 digits", base)
	}
	again, _ := revision("sha256:a", map[string]string{"B": "2", "A": "1"}, map[string]string{"TOKEN": "v1"})
	if again != base {
		t.Errorf("the same inputs gave %q and %q", base, again)
	}
	for name, other := range map[string]func() (string, error){
		"image": func() (string, error) {
			return revision("sha256:b", map[string]string{"A": "1", "B": "2"}, map[string]string{"TOKEN": "v1"})
		},
		"setting": func() (string, error) {
			return revision("sha256:a", map[string]string{"A": "1", "B": "3"}, map[string]string{"TOKEN": "v1"})
		},
		"version": func() (string, error) {
			return revision("sha256:a", map[string]string{"A": "1", "B": "2"}, map[string]string{"TOKEN": "v2"})
		},
	} {
		if got, _ := other(); got == base {
			t.Errorf("another %s gave the same revision", name)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	token := secret.New("TOKEN", pulumi.String("generated for this test"))
	for name, test := range map[string]struct {
		change func(*App)
		want   string
	}{
		"fine":             {func(*App) {}, ""},
		"no name":          {func(a *App) { a.Name = "" }, "needs a name"},
		"no probe":         {func(a *App) { a.Probes.Serving = "" }, "a serving and a ready probe"},
		"twice a secret":   {func(a *App) { a.Secrets = []secret.Secret{token, token} }, "two secrets named TOKEN"},
		"plain and secret": {func(a *App) { a.Secrets = []secret.Secret{token}; a.Settings["TOKEN"] = "x" }, "both a plain setting and a secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := valid()
			test.change(&a)
			err := a.Validate()
			if test.want == "" && err != nil {
				t.Fatalf("refused: %v", err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}
