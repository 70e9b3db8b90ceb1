package control

import (
	"net/http"
	"net/netip"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
)

func (h *Handler) describeAccess(v databases.View) map[string]any {
	addresses := v.Access.Addresses
	if addresses == nil {
		addresses = []databases.Address{}
	}
	return map[string]any{"organizationId": h.Book.Org, "databaseId": v.ID, "addresses": addresses,
		"configurations": map[string]bool{"accessListEnabled": v.Access.Enabled}}
}

// listed finds the database of the path for a token with the action.
func (h *Handler) listed(who access.Principal, r *http.Request, action string) (databases.View, error) {
	id := r.PathValue("id")
	if !who.Can(action, h.org()) && !who.Can(action, h.db(id)) {
		return databases.View{}, need(who, h.db(id), action)
	}
	v, ok := h.Databases.Get(id)
	if !ok {
		return v, databases.ErrNotFound
	}
	return v, nil
}

func (h *Handler) accessList(who access.Principal, r *http.Request) (int, any, error) {
	v, err := h.listed(who, r, "accesslist-read")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, h.describeAccess(v), nil
}

func (h *Handler) accessLists(who access.Principal, _ *http.Request) (int, any, error) {
	out := []any{}
	for _, v := range h.Databases.List() {
		if v.Status != databases.Terminated {
			out = append(out, h.describeAccess(v))
		}
	}
	return http.StatusOK, out, need(who, h.org(), "accesslist-read")
}

// entries checks addresses, single or in CIDR form.
func entries(in []databases.Address) error {
	for i := range in {
		_, prefixErr := netip.ParsePrefix(in[i].Address)
		_, addressErr := netip.ParseAddr(in[i].Address)
		if prefixErr != nil && addressErr != nil {
			return &problem{http.StatusBadRequest, "the address " + in[i].Address + " is neither an IP address nor a range of them"}
		}
		in[i].LastUpdateDateTime = now()
	}
	return nil
}

func (h *Handler) addAccess(who access.Principal, r *http.Request) (int, any, error) {
	v, err := h.listed(who, r, "accesslist-write")
	if err != nil {
		return 0, nil, err
	}
	var in []databases.Address
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if err := entries(in); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, nil, h.Databases.SetAccess(v.ID, v.Access.Put(in...))
}

// settings is the body that replaces or configures an access list.
type settings struct {
	Addresses      []databases.Address `json:"addresses"`
	Configurations *struct {
		AccessListEnabled bool `json:"accessListEnabled"`
	} `json:"configurations"`
}

func (h *Handler) readAccess(who access.Principal, r *http.Request) (databases.View, settings, error) {
	v, err := h.listed(who, r, "accesslist-write")
	var in settings
	if err == nil {
		err = read(r, &in)
	}
	if err == nil {
		err = entries(in.Addresses)
	}
	if err == nil && in.Configurations != nil {
		v.Access.Enabled = in.Configurations.AccessListEnabled
	}
	return v, in, err
}

func (h *Handler) replaceAccess(who access.Principal, r *http.Request) (int, any, error) {
	v, in, err := h.readAccess(who, r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, h.Databases.SetAccess(v.ID, v.Access.Without().Put(in.Addresses...))
}

func (h *Handler) configureAccess(who access.Principal, r *http.Request) (int, any, error) {
	v, in, err := h.readAccess(who, r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, nil, h.Databases.SetAccess(v.ID, v.Access.Put(in.Addresses...))
}

func (h *Handler) deleteAccess(who access.Principal, r *http.Request) (int, any, error) {
	v, err := h.listed(who, r, "accesslist-write")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, h.Databases.SetAccess(v.ID, v.Access.Without(r.URL.Query()["addresses"]...))
}
