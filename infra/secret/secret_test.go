package secret

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// canary is generated for this test and is valid nowhere.
const canary = "canary-8f14e45fceea167a5a36dedd4bea2543"

func TestVersionFollowsTheValueAndHidesIt(t *testing.T) {
	t.Parallel()
	first := contentVersion("TOKEN", canary)
	if first != contentVersion("TOKEN", canary) {
		t.Error("the same value has two versions")
	}
	if first == contentVersion("TOKEN", canary+"x") {
		t.Error("two values have the same version")
	}
	if first == contentVersion("KEY", canary) {
		t.Error("the version shows that two variables hold the same value")
	}
	if strings.Contains(canary, first) || len(first) != 12 {
		t.Errorf("the version %q is not 12 digits of its own", first)
	}
	if contentVersion("TOKEN", "") != "absent" {
		t.Error("an absent value has a version like a present one")
	}
}

func TestAPrintedSecretShowsNoValue(t *testing.T) {
	t.Parallel()
	s := New("TOKEN", pulumi.String(canary))
	known := make(chan struct{})
	s.Value().ApplyT(func(string) string { close(known); return "" })
	<-known // before, there is no value that could be printed
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, printed := range []string{fmt.Sprintf(verb, s), fmt.Sprintf(verb, []Secret{s}), fmt.Sprintf(verb, &s)} {
			if strings.Contains(printed, canary) || !strings.Contains(printed, "secret TOKEN") {
				t.Errorf("%s prints %d characters, and not just the name", verb, len(printed))
			}
		}
	}
	if s.Env() != "TOKEN" {
		t.Errorf("the variable is %q", s.Env())
	}
}

func TestNoStoreGetsAnEmptyValue(t *testing.T) {
	t.Parallel()
	if stored("") != " " || stored(canary) != canary {
		t.Error("an empty value is not a blank, or another one was changed")
	}
}

// TestAValueIsASecretWhateverItWasMadeFrom, in a store too; its version is none.
func TestAValueIsASecretWhateverItWasMadeFrom(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]pulumi.StringInput{
		"plain": pulumi.String(canary), "an output": pulumi.String(canary).ToStringOutput(), "nothing": pulumi.String(""),
	} {
		s := New("TOKEN", from)
		if !pulumi.IsSecret(s.Value()) || !pulumi.IsSecret(s.Stored()) {
			t.Errorf("%s: the value is not a secret", name)
		}
		if pulumi.IsSecret(ContentVersion(s).Version) {
			t.Errorf("%s: the version is a secret", name)
		}
	}
}
