package databases

import (
	"slices"
	"time"
)

// AccessList is the addresses that may reach a database. Astra enforces it in
// front of the database; here it is stored and listed, because every request comes from
// this machine.
type AccessList struct {
	Enabled   bool      `json:"enabled"`
	Addresses []Address `json:"addresses"`
}

// Address is one entry of an access list.
type Address struct {
	Address            string    `json:"address"`
	Description        string    `json:"description"`
	Enabled            bool      `json:"enabled"`
	LastUpdateDateTime time.Time `json:"lastUpdateDateTime"`
}

// Put adds or replaces entries by their address.
func (l AccessList) Put(entries ...Address) AccessList {
	out := l
	out.Addresses = append([]Address{}, l.Addresses...)
	for _, e := range entries {
		if i := slices.IndexFunc(out.Addresses, func(old Address) bool { return old.Address == e.Address }); i >= 0 {
			out.Addresses[i] = e
		} else {
			out.Addresses = append(out.Addresses, e)
		}
	}
	return out
}

// Without removes the entries of addresses; without addresses it removes all.
func (l AccessList) Without(addresses ...string) AccessList {
	out := AccessList{Enabled: l.Enabled}
	for _, e := range l.Addresses {
		if len(addresses) > 0 && !slices.Contains(addresses, e.Address) {
			out.Addresses = append(out.Addresses, e)
		}
	}
	return out
}
