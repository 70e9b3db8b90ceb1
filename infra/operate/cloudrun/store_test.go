package cloudrun

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

const key = "projects/example/secrets/key"

// secretsOf are two secrets whose versions 1 and 2 were replaced; a revision that
// serves reads 4 and 5, and one that does not 3.
func secretsOf(t *testing.T) (*operatetest.SecretManager, map[string][]operatetest.Version, operate.Stack) {
	t.Helper()
	all := map[string][]operatetest.Version{}
	for i, state := range []string{"DESTROYED", "DISABLED", "ENABLED", "ENABLED", "ENABLED", "ENABLED"} {
		v := operatetest.Version{Name: string(rune('1' + i)), State: state, Created: time.Date(2026, 11, 29, 12, 0, i, 0, time.UTC)}
		all[key] = append(all[key], v)
		all[key+"-kept"] = append(all[key+"-kept"], v)
	}
	manager := &operatetest.SecretManager{
		Token: "generated", Versions: func(secret string) ([]operatetest.Version, bool) { return all[secret], all[secret] != nil },
		Change: func(secret, version, verb string) {
			at := slices.IndexFunc(all[secret], func(v operatetest.Version) bool { return v.Name == version })
			all[secret][at].State = map[string]string{"disable": "DISABLED", "destroy": "DESTROYED"}[verb]
		},
	}
	serving := func() []operatetest.Instance {
		return []operatetest.Instance{
			{Name: "next", Revision: "c", Pins: []string{"key/5"}},
			{Name: "serves", Revision: "b", Ready: true, Running: true, Pins: []string{"key/4"}},
			{Name: "of-before", Revision: "a", Pins: []string{"key/3"}},
		}
	}
	server := httptest.NewServer(manager.Handler(operatetest.Google("generated", name, serving)))
	t.Cleanup(server.Close)
	t.Setenv(run.TokenVariable, "generated") // made up for this test
	t.Setenv(run.EndpointVariable, server.URL+"/run/")
	t.Setenv(SecretsVariable, server.URL+"/secretmanager/")
	return manager, all, operate.Stack{Resources: []operate.Resource{
		{Type: secretType, ID: key}, {Type: secretType, ID: key + "-gone"},
		{Type: secretType, ID: key + "-kept", Delete: true, Outputs: map[string]any{"versionDestroyTtl": "86400s"}},
		{Type: versionType, ID: "projects/123456789012/secrets/key/versions/6"}, {Type: versionType, ID: key + "-kept/versions/6"},
	}}
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
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(one.Alias, "projects/example/secrets/")+": "+one.Keep, ": "))
	}
	slices.Sort(names)
	return store, lost, names, err
}

func TestLostVersions(t *testing.T) {
	_, all, stack := secretsOf(t)
	kept := []string{"key-kept/versions/3", "key-kept/versions/4", "key-kept/versions/5"}
	// Before the first service there is nothing that uses one.
	_, _, got, err := lostOf(t, stack)
	if want := slices.Concat(kept, []string{"key/versions/3", "key/versions/4", "key/versions/5"}); err != nil || !slices.Equal(got, want) {
		t.Fatalf("without a service lost are %q, %v, want %q", got, err, want)
	}
	stack.Resources = append(stack.Resources, operate.Resource{Type: serviceType, ID: name})
	store, lost, got, err := lostOf(t, stack)
	want := slices.Concat(kept, []string{"key/versions/3", "key/versions/4: " + operate.InUse, "key/versions/5: " + operate.InUse})
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("lost are %q, %v, want %q", got, err, want)
	}
	for _, one := range lost {
		if one.Keep != "" {
			continue
		}
		verb := "disable"
		if strings.Contains(one.Alias, "-kept/") {
			verb = "destroy"
		}
		if done, err := store.Remove(t.Context(), one); err != nil || !strings.HasPrefix(done, verb) || !strings.Contains(one.Removal, verb) ||
			one.Created.Year() != 2026 {
			t.Errorf("%+v: %s, %v", one, done, err)
		}
	}
	for secret, want := range map[string]string{
		key: "DESTROYED DISABLED DISABLED ENABLED ENABLED ENABLED", key + "-kept": "DESTROYED DISABLED DESTROYED DESTROYED DESTROYED ENABLED",
	} {
		var states []string
		for _, v := range all[secret] {
			states = append(states, v.State)
		}
		if got := strings.Join(states, " "); got != want {
			t.Errorf("%s: %s, want %s", secret, got, want)
		}
	}
}

// TestMissingRights are named, and nothing of which the use is unknown may be removed.
func TestMissingRights(t *testing.T) {
	manager, _, stack := secretsOf(t)
	manager.Forbidden = []string{"secretmanager.versions.disable"}
	store, lost, _, err := lostOf(t, stack)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(lost, func(one operate.Stored) bool { return one.Alias == key+"/versions/3" })
	if _, err := store.Remove(t.Context(), lost[at]); err == nil || !strings.Contains(err.Error(), "needs secretmanager.versions.disable") {
		t.Errorf("without the right to disable: %v", err)
	}
	stack.Resources = append(stack.Resources, operate.Resource{Type: serviceType, ID: name})
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(endpoint.Close)
	t.Setenv(run.EndpointVariable, endpoint.URL+"/")
	_, lost, _, err = lostOf(t, stack)
	if err == nil || !strings.Contains(err.Error(), "needs run.services.get") || len(lost) != 6 || lost[0].Keep != operate.MayBeInUse {
		t.Errorf("without the right to read the service: %v, %+v", err, lost)
	}
	manager.Forbidden = []string{"secretmanager.versions.list"}
	if _, lost, _, err = lostOf(t, stack); err == nil || !strings.Contains(err.Error(), "needs secretmanager.versions.list") || len(lost) > 0 {
		t.Errorf("without the right to list: %v, %+v", err, lost)
	}
	if _, err := NewStore(operate.Stack{}); !errors.Is(err, operate.ErrNotDeployed) {
		t.Errorf("without a secret: %v", err)
	}
}
