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

func (h *Handler) accessList(principal access.Principal, r *http.Request) (int, any, error) {
	v, err := h.found(principal, r, "accesslist-read")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, h.describeAccess(v), nil
}

func (h *Handler) accessLists(principal access.Principal, _ *http.Request) (int, any, error) {
	out := []any{}
	for _, v := range h.Databases.List() {
		if v.Status != databases.Terminated {
			out = append(out, h.describeAccess(v))
		}
	}
	return http.StatusOK, out, need(principal, h.org(), "accesslist-read")
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

func (h *Handler) addAccess(principal access.Principal, r *http.Request) (int, any, error) {
	v, err := h.found(principal, r, "accesslist-write")
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
	return http.StatusCreated, nil, h.change(v, func(l databases.AccessList) databases.AccessList { return l.Put(in...) })
}

func (h *Handler) change(v databases.View, change func(databases.AccessList) databases.AccessList) error {
	return h.Databases.ChangeAccess(v.ID, change)
}

// settings is the body that replaces or configures an access list.
type settings struct {
	Addresses      []databases.Address `json:"addresses"`
	Configurations *struct {
		AccessListEnabled bool `json:"accessListEnabled"`
	} `json:"configurations"`
}

// configured is a list with the configuration of the body, if it has one.
func (s settings) configured(l databases.AccessList) databases.AccessList {
	if s.Configurations != nil {
		l.Enabled = s.Configurations.AccessListEnabled
	}
	return l
}

func (h *Handler) readAccess(principal access.Principal, r *http.Request) (databases.View, settings, error) {
	v, err := h.found(principal, r, "accesslist-write")
	var in settings
	if err == nil {
		err = read(r, &in)
	}
	if err == nil {
		err = entries(in.Addresses)
	}
	return v, in, err
}

func (h *Handler) replaceAccess(principal access.Principal, r *http.Request) (int, any, error) {
	v, in, err := h.readAccess(principal, r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, h.change(v, func(l databases.AccessList) databases.AccessList {
		return in.configured(l).Without().Put(in.Addresses...)
	})
}

func (h *Handler) configureAccess(principal access.Principal, r *http.Request) (int, any, error) {
	v, in, err := h.readAccess(principal, r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, nil, h.change(v, func(l databases.AccessList) databases.AccessList {
		return in.configured(l).Put(in.Addresses...)
	})
}

func (h *Handler) deleteAccess(principal access.Principal, r *http.Request) (int, any, error) {
	v, err := h.found(principal, r, "accesslist-write")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, h.change(v, func(l databases.AccessList) databases.AccessList {
		return l.Without(r.URL.Query()["addresses"]...)
	})
}
