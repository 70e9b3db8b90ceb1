package standin

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// account is Google with one secret in it, and the service that reads it.
func account(t *testing.T) (*Cloud, Thing) {
	t.Helper()
	c, _ := Start(t, Google())
	c.effect = 0 // TestAGrantTakesTime is about that
	add := func(kind, name string, props map[string]any) {
		thing := Thing{Type: kind, Name: name, Props: props}
		id, told := c.kind.told(c, thing)
		thing.ID = id
		maps.Copy(thing.Props, told)
		if err := c.put("create", thing); err != nil {
			t.Fatal(err)
		}
	}
	add("gcp:secretmanager/secret:Secret", "key", map[string]any{"secretId": "key"})
	add("gcp:secretmanager/secretVersion:SecretVersion", "key", map[string]any{"secret": "projects/example-project/secrets/key"})
	add("gcp:secretmanager/secretIamMember:SecretIamMember", "key", map[string]any{"secretId": "key", "member": "serviceAccount:api@x"})
	return c, service("key", "1", "api@x", "first")
}

func service(secret, version, who, revision string) Thing {
	env := []any{
		map[string]any{"name": "REVISION", "value": revision},
		map[string]any{"name": "KEY", "valueSource": map[string]any{"secretKeyRef": map[string]any{"secret": secret, "version": version}}},
	}
	return Thing{Type: Google().Service, Name: "api", ID: "api", Props: map[string]any{"template": map[string]any{
		"serviceAccount": who, "containers": []any{map[string]any{"envs": env}},
	}}}
}

func TestAServiceMustBeAbleToReadWhatItPins(t *testing.T) {
	t.Parallel()
	c, _ := account(t)
	for name, bad := range map[string]struct {
		thing Thing
		want  string
	}{
		"another account":  {service("key", "1", "other@x", "r"), "permission denied"},
		"another secret":   {service("other", "1", "api@x", "r"), "permission denied"},
		"another version":  {service("key", "2", "api@x", "r"), "was not found"},
		"the newest there": {service("key", "latest", "api@x", "r"), "was not found"},
	} {
		if err := c.put("create", bad.thing); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if answered(t, c) != "" {
		t.Error("something serves")
	}
}

func TestWhatRunsIsWhatAnswers(t *testing.T) {
	t.Parallel()
	c, first := account(t)
	if err := c.put("create", first); err != nil {
		t.Fatal(err)
	}
	c.Refuse("update")
	if err := c.put("update", service("key", "1", "api@x", "second")); err == nil || answered(t, c) != "first" {
		t.Errorf("%v, and %q answers", err, answered(t, c))
	}
	c.Refuse("")
	c.Stick(true)
	if err := c.put("update", service("key", "1", "api@x", "second")); err != nil || answered(t, c) != "first" {
		t.Errorf("%v, and %q answers", err, answered(t, c))
	}
	if c.Stick(false); answered(t, c) != "second" {
		t.Errorf("%q answers", answered(t, c))
	}
}

func TestTakingAwayWhatIsReadIsNoted(t *testing.T) {
	t.Parallel()
	c, first := account(t)
	if err := c.put("create", first); err != nil {
		t.Fatal(err)
	}
	const version, id = "gcp:secretmanager/secretVersion:SecretVersion", "projects/example-project/secrets/key/versions/1"
	if err := c.remove(version, "key", id); err != nil || len(c.Broken()) != 1 {
		t.Errorf("%v, %v", err, c.Broken())
	}
	if err := c.remove(first.Type, "api", "api"); err != nil || answered(t, c) != "" {
		t.Errorf("%v, and %q answers", err, answered(t, c))
	}
	var journal []string
	for _, call := range c.Journal() {
		journal = append(journal, call.Verb)
	}
	if got := strings.Join(journal, " "); got != "create create create create destroy delete" || len(c.Journal()) != 0 {
		t.Errorf("the journal is %s", got)
	}
}

func answered(t *testing.T, c *Cloud) string {
	t.Helper()
	response, err := http.Get(c.URL() + "/health/ready")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var body struct{ Revision string }
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if (body.Revision == "") != (response.StatusCode == http.StatusServiceUnavailable) {
		t.Errorf("revision %q with status %d", body.Revision, response.StatusCode)
	}
	return body.Revision
}

// TestAGrantTakesTime: Google answers before the permission has an effect.
func TestAGrantTakesTime(t *testing.T) {
	t.Parallel()
	c, _ := account(t)
	c.effect = time.Hour
	if err := c.put("create", service("key", "1", "api@x", "r")); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("a service started right after the grant: %v", err)
	}
	c.effect = 0
	if err := c.put("create", service("key", "1", "api@x", "r")); err != nil {
		t.Error(err)
	}
}

// TestReplacedInstancesDrain: a version that they read is needed until they end.
func TestReplacedInstancesDrain(t *testing.T) {
	t.Parallel()
	for name, drain := range map[string]time.Duration{"they still answer": time.Hour, "they have ended": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := account(t)
			version := c.find("gcp:secretmanager/secretVersion:SecretVersion", nil)[0]
			c.Drain(drain)
			if err := c.put("create", service("key", "1", "api@x", "r1")); err != nil {
				t.Fatal(err)
			}
			c.mu.Lock()
			c.serve(running{revision: "r2"})
			c.mu.Unlock()
			if err := c.remove(version.Type, version.Name, version.ID); err != nil {
				t.Fatal(err)
			}
			if noted := len(c.Broken()) > 0; noted != (drain > 0) {
				t.Errorf("noted: %v", c.Broken())
			}
		})
	}
}

// TestAServiceThatTookAnothersPlaceGoesOn: another environment is another
// service, and the old one goes last.
func TestAServiceThatTookAnothersPlaceGoesOn(t *testing.T) {
	t.Parallel()
	c, old := account(t)
	next := service("key", "1", "api@x", "second")
	next.ID = "renamed"
	for _, thing := range []Thing{old, next} {
		if err := c.put("create", thing); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.remove(old.Type, old.Name, old.ID); err != nil || answered(t, c) != "second" {
		t.Errorf("%q serves: %v", answered(t, c), err)
	}
	if err := c.remove(next.Type, next.Name, next.ID); err != nil || answered(t, c) != "" {
		t.Errorf("%q serves after all are gone: %v", answered(t, c), err)
	}
}
