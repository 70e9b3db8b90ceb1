package stacks

import (
	"errors"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/signingkey/keytable"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
)

func TestAKeyOfAnotherStackIsRefused(t *testing.T) {
	t.Parallel()
	const key = "made up for this test, opens nothing"
	peers := []credentials.Peer{{Stack: "dev", Fingerprint: keyid.Fingerprint("another")},
		{Stack: "prod", Fingerprint: keyid.Fingerprint(key)}}
	mine := source{values: map[string]string{"jwtSecretKey": key}}
	err := ownSigningKey(mine, peers)
	var problems *Problems
	if !errors.As(err, &problems) || len(problems.List) != 1 || problems.List[0].Key != "jwtSecretKey" {
		t.Fatalf("got %v", err)
	}
	for _, word := range []string{"stack prod", "openssl rand", "pulumi config set --secret jwtSecretKey"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), key) {
		t.Error("the message shows the key")
	}
	for name, other := range map[string]error{
		"its own key":    ownSigningKey(mine, peers[:1]),
		"no key given":   ownSigningKey(source{}, peers),
		"no other stack": ownSigningKey(mine, nil),
	} {
		if other != nil {
			t.Errorf("%s: %v", name, other)
		}
	}
}

func TestAnEnvironmentOfAnotherStackIsRefused(t *testing.T) {
	t.Parallel()
	peers := []credentials.Peer{{Stack: "dev", Environment: "dev"}, {Stack: "other", Environment: "qa"}}
	for name, test := range map[string]struct{ stack, environment, fix string }{
		"the fix of another stack's name": {"q", "dev", "config set environment stack-q --stack q"},
		"its own name is taken too":       {"qa", "qa", "config set environment qa-2 --stack qa"},
		"free":                            {"prod", "prod", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ownEnvironment(&Config{Stack: test.stack, Environment: test.environment}, peers)
			if test.fix == "" && err != nil || test.fix != "" && (err == nil || !strings.Contains(err.Error(), test.fix)) {
				t.Errorf("got %v, want the fix %q", err, test.fix)
			}
		})
	}
}

func TestEveryStacksNameMakesAnEnvironment(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]string{
		"qa": "qa", "dev": "dev", "QA_1": "qa", "q": "stack-q", "1": "stack", "Live.EU": "live-eu",
		"a-very-long-name-of-a-stack-indeed": "a-very-long-name-o",
	} {
		if got := environmentOf(stack, nil); got != want || find("environment").Rule.Check(got) != nil {
			t.Errorf("%s: got %q, want %q", stack, got, want)
		}
	}
}

func TestNameByEnvironment(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"token-qa": "token-staging", "token-qa-reads": "token-staging-reads", "qa": "", "token-qatar": "",
	} {
		if got, _ := nameByEnvironment(name, "qa", "staging"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// The service and the provider judge the same table.
func TestSigningKeysAreJudgedByTheOneRule(t *testing.T) {
	t.Parallel()
	for _, key := range keytable.All() {
		_, err := Load(source{values: map[string]string{"jwtSecretKey": key.Text}, secrets: map[string]bool{"jwtSecretKey": true}})
		if (err != nil) != key.Bad() {
			t.Errorf("%s: %v", key.Name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), key.Reason) || strings.Contains(err.Error(), key.Text)) {
			t.Errorf("%s: the message is %v", key.Name, err)
		}
	}
}
