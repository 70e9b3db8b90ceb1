package e2e_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// withoutAstra are the operations that ask Astra nothing.
var withoutAstra = strings.Fields("getRoot getHealth getApiHealth getVersion getMetrics previewVideo sweep")

// writesNothing are the operations that change things, but not this time: no
// name is given, and who is no moderator stays none.
var writesNothing = strings.Fields("updateMe revokeModerator")

// The role of the service has no action too many: without any one of them,
// operations fail that it serves with all. All tests of this package show that
// there is none too few.
func TestEveryActionOfTheRoleIsNeeded(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for _, action := range astratest.WriteActions() {
		t.Run("without "+action, func(t *testing.T) {
			t.Parallel()
			rest := slices.DeleteFunc(astratest.WriteActions(), func(a string) bool { return a == action })
			token, err := system.astra.Mint(t.Context(), "without-"+action+unknownID(), keyspace, rest)
			if err != nil {
				t.Fatal(err)
			}
			p := instance(t, "ASTRA_DB_APPLICATION_TOKEN="+token.Reveal(), "ASTRA_DB_READ_ONLY_TOKEN=", "SWEEP_TOKEN="+astratest.SigningKey())
			for _, o := range document(t) {
				reads := o.method == http.MethodGet || slices.Contains(writesNothing, o.id)
				works := slices.Contains(withoutAstra, o.id) || action == "db-table-modify" && reads
				path, body, caller := c.request(t, o)
				req, err := http.NewRequestWithContext(t.Context(), o.method, p.url+path+"?query=cats", strings.NewReader(object(body)))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer "+caller)
				status := respond(t, req)
				if works && status != matrix()[o.id].status || !works && status != http.StatusServiceUnavailable {
					t.Errorf("%s: %d", o.id, status)
				}
			}
		})
	}
}

// respond sends a request whose answer may be anything, and gives its status.
func respond(t *testing.T, req *http.Request) int {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// What the tests have is what is granted where it is deployed.
func TestTheTestsHaveTheRoleOfTheDeployment(t *testing.T) {
	t.Parallel()
	granted := slices.Concat(
		actionsIn(t, "../../infra/provider/resource/role.go", `return \[\]string\{("db-[^}]*)\}`),
		actionsIn(t, "../../infra/provider/role.go", `append\(resource\.ReadActions\(\), ("db-[^)]*)\)`))
	for name, want := range map[string][]string{"reads": astratest.ReadActions(), "writes": astratest.WriteActions()} {
		has := granted[:len(want)]
		slices.Sort(want)
		if has = slices.Sorted(slices.Values(has)); !slices.Equal(has, want) {
			t.Errorf("%s: granted is %v, the tests have %v", name, has, want)
		}
	}
	if len(granted) != len(astratest.WriteActions()) {
		t.Errorf("granted is %v, which is more than the tests have", granted)
	}
}

// actionsIn are the quoted actions that a pattern finds in a source file.
func actionsIn(t *testing.T, path, pattern string) []string {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(pattern).FindSubmatch(source)
	if list == nil {
		t.Fatalf("%s: the actions that are granted are not found", path)
	}
	return strings.Split(strings.ReplaceAll(string(list[1]), `"`, ""), ", ")
}
