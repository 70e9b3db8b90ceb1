package provider_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// listing is an embedded Astra whose lists of tokens, counted from 1, lack some of
// them, or are refused.
func (e embedded) listing(t *testing.T, hidden func(list int64, id string) bool, refused ...int64) embedded {
	t.Helper()
	var lists atomic.Int64
	return e.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/clientIdSecrets") {
			return false
		}
		n := lists.Add(1)
		if slices.Contains(refused, n) {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		whole := httptest.NewRecorder()
		e.forward(t, whole, r)
		if whole.Code != http.StatusOK {
			w.WriteHeader(whole.Code)
			return true
		}
		var answer struct {
			Clients []map[string]any `json:"clients"`
		}
		if err := json.Unmarshal(whole.Body.Bytes(), &answer); err != nil {
			t.Error(err)
		}
		answer.Clients = slices.DeleteFunc(answer.Clients, func(c map[string]any) bool {
			id, _ := c["clientId"].(string)
			return hidden != nil && hidden(n, id)
		})
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
		return true
	}, nil)
}

// Only what two lists in a row show is revoked, and only what has this role alone
// and is not given to the stack.
func TestWhatIsNotRevokedAtAMinting(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	role, other := embedded.role(t, server, "videos"), embedded.role(t, server, "videos", "db-graphql")
	orphan, late := embedded.mintedElsewhere(t, role.id), embedded.mintedElsewhere(t, role.id)
	both, err := embedded.control(t).CreateToken(t.Context(), "", role.id, other.id)
	must(t, err)
	given, err := embedded.control(t).CreateToken(t.Context(), "", role.id)
	must(t, err)
	behind := embedded.listing(t, func(list int64, id string) bool { return list == 1 && id == late }).server(t)
	newStack(t, behind, resource.TokenType).checked(givenTokenInputs(given.Value.Reveal()))
	must(t, newStack(t, behind, resource.TokenType).create(tokenInputs(role.id, "0")))
	ids := embedded.clientIDs(t)
	if slices.Contains(ids, orphan) {
		t.Error("a token that no state knows is left")
	}
	for why, id := range map[string]string{
		"that one list showed": late, "with another role too": both.ClientID, "that is given": given.ClientID,
	} {
		if !slices.Contains(ids, id) {
			t.Errorf("a token %s was revoked", why)
		}
	}
}

// Where the tokens cannot be listed or revoked, none is minted.
func TestMintingNeedsTheListOfTokens(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]int64{"before the sweep": 1, "the second time": 2, "before the minting": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedded, server := startVideos(t)
			role := embedded.role(t, server, "videos")
			orphan := embedded.mintedElsewhere(t, role.id)
			before := embedded.clientIDs(t)
			err := newStack(t, embedded.listing(t, nil, list).server(t), resource.TokenType).create(tokenInputs(role.id, "0"))
			refused(t, err, "mint a token with role", "403")
			after := embedded.clientIDs(t)
			if swept := !slices.Contains(after, orphan); swept != (list == 4) || len(after) > len(before) {
				t.Errorf("before %v, after %v", before, after)
			}
		})
	}
	embedded, server := startVideos(t)
	role := embedded.role(t, server, "videos")
	orphan := embedded.mintedElsewhere(t, role.id)
	before := embedded.clientIDs(t)
	kept := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusForbidden)
		}
		return r.Method == http.MethodDelete
	}, nil)
	err := newStack(t, kept.server(t), resource.TokenType).create(tokenInputs(role.id, "0"))
	refused(t, err, "revoke the token "+orphan+", which no state knows")
	if after := embedded.clientIDs(t); !slices.Equal(after, before) {
		t.Errorf("before %v, after %v", before, after)
	}
}

// What a minting without an answer left may show late, or never.
func TestAMintingWithoutAnswerIsLookedForTwice(t *testing.T) {
	t.Parallel()
	for name, refusedList := range map[string]int64{"shown late": 0, "never shown": 3, "not the second time": 4, "not revoked": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedded, direct := startVideos(t)
			role := embedded.role(t, direct, "videos")
			before := embedded.clientIDs(t)
			late := embedded.listing(t, func(list int64, id string) bool { return list == 3 && !slices.Contains(before, id) }, refusedList)
			broken := late.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodDelete && name == "not revoked" {
					w.WriteHeader(http.StatusForbidden)
					return true
				}
				if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/tokens") {
					return false
				}
				late.forward(t, httptest.NewRecorder(), r)
				w.WriteHeader(http.StatusBadGateway)
				return true
			}, nil)
			err := newStack(t, broken.server(t), resource.TokenType).create(tokenInputs(role.id, "0"))
			refused(t, err, "mint a token with role")
			if warned := strings.Contains(err.Error(), "may have been minted all the same"); warned != (name != "shown late") {
				t.Errorf("err = %v", err)
			}
			if after := embedded.clientIDs(t); name == "shown late" && !slices.Equal(after, before) {
				t.Errorf("before %v, after %v", before, after)
			}
		})
	}
}
