package control

import (
	"net/http"
	"net/netip"

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

func (h *Handler) accessList(v databases.View, _ *http.Request) (int, any, error) {
	return http.StatusOK, h.describeAccess(v), nil
}

func (h *Handler) accessLists(*http.Request) (int, any, error) {
	out := []any{}
	for _, v := range h.Databases.List() {
		if v.Status != databases.Terminated {
			out = append(out, h.describeAccess(v))
		}
	}
	return http.StatusOK, out, nil
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

func (h *Handler) addAccess(v databases.View, r *http.Request) (int, any, error) {
	var in []databases.Address
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if err := entries(in); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, nil, h.Databases.ChangeAccess(v.ID, func(l databases.AccessList) databases.AccessList {
		return l.Put(in...)
	})
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

func readAccess(r *http.Request) (in settings, err error) {
	if err = read(r, &in); err == nil {
		err = entries(in.Addresses)
	}
	return in, err
}

func (h *Handler) replaceAccess(v databases.View, r *http.Request) (int, any, error) {
	in, err := readAccess(r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, h.Databases.ChangeAccess(v.ID, func(l databases.AccessList) databases.AccessList {
		return in.configured(l).Without().Put(in.Addresses...)
	})
}

func (h *Handler) configureAccess(v databases.View, r *http.Request) (int, any, error) {
	in, err := readAccess(r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, nil, h.Databases.ChangeAccess(v.ID, func(l databases.AccessList) databases.AccessList {
		return in.configured(l).Put(in.Addresses...)
	})
}

func (h *Handler) deleteAccess(v databases.View, r *http.Request) (int, any, error) {
	return http.StatusOK, nil, h.Databases.ChangeAccess(v.ID, func(l databases.AccessList) databases.AccessList {
		return l.Without(r.URL.Query()["addresses"]...)
	})
}
