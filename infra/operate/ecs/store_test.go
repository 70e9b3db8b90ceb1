package ecs

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
)

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"

// useAmazon answers for secrets and one service.
func useAmazon(t *testing.T, m *operatetest.SecretsManager, pins ...string) {
	t.Helper()
	instances := func() []operatetest.Instance {
		return []operatetest.Instance{{Name: "next", Revision: "b"}, {Name: "serves", Revision: "a", Running: true, Ready: true, Pins: pins}}
	}
	m.Region = "eu-west-1"
	server := httptest.NewServer(m.Handler(operatetest.Amazon("eu-west-1", cluster, "shop-prod", "/shop/prod", "api", instances)))
	t.Cleanup(server.Close)
	// Made up for this test.
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "generated", "AWS_SECRET_ACCESS_KEY": "generated", "AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
}

// vault has for each secret versions, whose labels are given.
func vault(secrets map[string][]string) (*operatetest.SecretsManager, map[string][]operatetest.Version) {
	all := map[string][]operatetest.Version{}
	for secret, labels := range secrets {
		for i, label := range labels {
			v := operatetest.Version{Name: fmt.Sprint("v", i+1), Created: time.Date(2026, 11, 29, 12, 0, i, 0, time.UTC)}
			if label != "" {
				v.Labels = []string{label}
			}
			all[arn+secret] = append(all[arn+secret], v)
		}
	}
	return &operatetest.SecretsManager{
		Versions: func(secret string) ([]operatetest.Version, bool) { return all[secret], all[secret] != nil },
		Move: func(secret, label, from, to string) {
			operatetest.MoveLabel(all[secret], label, from, to)
		},
	}, all
}

// lostOf are the short names of what is lost, with why it is kept.
func lostOf(t *testing.T, stack operate.Stack) (operate.Store, []operate.Stored, []string, error) {
	t.Helper()
	store, err := NewStore(stack)
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.Stored(t.Context())
	lost := stack.Lost(all)
	var names []string
	for _, one := range lost {
		keep, _, _ := strings.Cut(one.Keep, " only ")
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(one.ID, arn)+": "+keep, ": "))
	}
	return store, lost, names, err
}

// of is a state with these secrets and versions.
func of(ids ...string) (s operate.Stack) {
	for _, id := range ids {
		kind := secretType
		if strings.Contains(id, "|") {
			kind = versionType
		}
		s.Resources = append(s.Resources, operate.Resource{Type: kind, ID: arn + id})
	}
	return s
}

// TestLostVersions: `newer` was lost after what the state has, `older` before it,
// `only` is the first one of its secret, and `used` serves. `gone` was deleted by hand.
func TestLostVersions(t *testing.T) {
	m, all := vault(map[string][]string{
		"newer": {"", previous, current}, "older": {"", previous, current, "own"}, "only": {current}, "used": {previous, current},
	})
	useAmazon(t, m, arn+"used:::v1")
	state := of("newer", "older", "only", "used", "gone", "newer|v2", "older|v3", "used|v2")
	if _, _, got, err := lostOf(t, state); err != nil || !slices.Contains(got, "used|v1") {
		t.Errorf("without a service lost are %q, %v", got, err)
	}
	state.Resources = append(state.Resources, stack(cluster).Resources[0])
	store, lost, got, err := lostOf(t, state)
	want := []string{"newer|v3", "older|v2", "older|v4", "only|v1: AWS takes AWSCURRENT from a version", "used|v1: " + operate.InUse}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("lost are %q, %v, want %q", got, err, want)
	}
	if !strings.HasSuffix(lost[0].Removal, "--version-stage AWSCURRENT --remove-from-version-id v3 --move-to-version-id v2") ||
		!strings.HasSuffix(lost[1].Removal, "--version-stage AWSPREVIOUS --remove-from-version-id v2") || lost[0].Created.Year() != 2026 {
		t.Errorf("got %+v", lost[:2])
	}
	for _, one := range lost[:3] {
		if done, err := store.Remove(t.Context(), one); err != nil || !strings.Contains(done, "AWS deletes it by itself") {
			t.Errorf("%s: %s, %v", one.ID, done, err)
		}
	}
	for secret, want := range map[string]string{"newer": "[] [AWSCURRENT] []", "older": "[] [] [AWSCURRENT] []"} {
		var labels []string
		for _, v := range all[arn+secret] {
			labels = append(labels, fmt.Sprint(v.Labels))
		}
		if got := strings.Join(labels, " "); got != want {
			t.Errorf("the labels of %s are %s, want %s", secret, got, want)
		}
	}
	if _, _, got, err := lostOf(t, state); err != nil || len(got) != 2 {
		t.Errorf("afterwards lost are %q, %v", got, err)
	}
}

// TestReferences: one without a version may read any.
func TestReferences(t *testing.T) {
	t.Parallel()
	for from, want := range map[string][2]bool{
		arn + "a:::v1": {true, false}, arn + "a:key:AWSCURRENT:": {true, true}, arn + "a": {true, true}, arn + "b:::v1": {false, false},
		"parameter": {false, false},
	} {
		p := pins{}
		p.add(&from)
		if got := [2]bool{p.has(arn+"a", "v1"), p.has(arn+"a", "v2")}; got != want {
			t.Errorf("%s reads versions 1 and 2: %v, want %v", from, got, want)
		}
	}
}

// TestMissingRights are named, and nothing of which the use is unknown may be removed.
func TestMissingRights(t *testing.T) {
	m, _ := vault(map[string][]string{"key": {previous, current}})
	m.Forbidden = []string{"UpdateSecretVersionStage"}
	useAmazon(t, m)
	state := of("key", "key|v2")
	store, lost, _, err := lostOf(t, state)
	if err != nil || len(lost) != 1 {
		t.Fatalf("%v, %+v", err, lost)
	}
	_, err = store.Remove(t.Context(), lost[0])
	if err == nil || !strings.Contains(err.Error(), "needs secretsmanager:UpdateSecretVersionStage") {
		t.Errorf("without the right to move a label: %v", err)
	}
	forbidden := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	server := httptest.NewServer(m.Handler(forbidden))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	state.Resources = append(state.Resources, stack(cluster).Resources[0])
	if _, lost, _, err = lostOf(t, state); err == nil || !strings.Contains(err.Error(), "needs ecs:DescribeServices") ||
		len(lost) != 1 || lost[0].Keep != operate.MayBeInUse {
		t.Errorf("without the right to read the service: %v, %+v", err, lost)
	}
	m.Forbidden = []string{"ListSecretVersionIds"}
	_, lost, _, err = lostOf(t, state)
	if err == nil || !strings.Contains(err.Error(), "needs secretsmanager:ListSecretVersionIds") || len(lost) > 0 {
		t.Errorf("without the right to list: %v, %+v", err, lost)
	}
	if _, err := NewStore(operate.Stack{}); !errors.Is(err, operate.ErrNotDeployed) {
		t.Errorf("without a secret: %v", err)
	}
}
