package databases

import "time"

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
		found := false
		for i, old := range out.Addresses {
			if old.Address == e.Address {
				out.Addresses[i], found = e, true
			}
		}
		if !found {
			out.Addresses = append(out.Addresses, e)
		}
	}
	return out
}

// Without removes the entries of addresses; without addresses it removes all.
func (l AccessList) Without(addresses ...string) AccessList {
	out := AccessList{Enabled: l.Enabled}
	for _, e := range l.Addresses {
		keep := len(addresses) > 0
		for _, a := range addresses {
			keep = keep && a != e.Address
		}
		if keep {
			out.Addresses = append(out.Addresses, e)
		}
	}
	return out
}
