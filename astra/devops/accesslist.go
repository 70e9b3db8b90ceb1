package devops

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
)

// AccessList is the addresses that may reach a database, if it is enabled.
type AccessList struct {
	Addresses      []Address `json:"addresses"`
	Configurations struct {
		Enabled bool `json:"accessListEnabled"`
	} `json:"configurations"`
}

// Address is an IP address or a range in CIDR notation.
type Address struct {
	Address     string `json:"address"`
	Description string `json:"description"`
	Enabled     bool   `json:"enabled"`
}

// AccessList reads the access list of a database; one that has none has an
// empty one that is not enabled.
func (c *Client) AccessList(ctx context.Context, database string) (*AccessList, error) {
	return read[AccessList](ctx, c, request{op: "read the access list of database " + database, method: http.MethodGet,
		path: accessPath(database), again: true})
}

// ReplaceAccessList replaces the whole access list and verifies it.
func (c *Client) ReplaceAccessList(ctx context.Context, database string, list AccessList) error {
	op := "replace the access list of database " + database
	if list.Addresses == nil {
		list.Addresses = []Address{}
	}
	if err := c.do(ctx, request{op: op, method: http.MethodPut, path: accessPath(database), body: list, again: true}, nil); err != nil {
		return err
	}
	return c.until(ctx, op, func() (bool, error) {
		live, err := c.AccessList(ctx, database)
		return err == nil && live.Configurations == list.Configurations && SameAddresses(live.Addresses, list.Addresses), err
	})
}

// DeleteAccessList lets every address reach the database, removes all entries
// and verifies both.
func (c *Client) DeleteAccessList(ctx context.Context, database string) error {
	op := "delete the access list of database " + database
	for _, step := range []request{
		{op: op, method: http.MethodPatch, path: accessPath(database), body: AccessList{Addresses: []Address{}}, again: true},
		{op: op, method: http.MethodDelete, path: accessPath(database), again: true},
	} {
		if err := c.do(ctx, step, nil); err != nil {
			return err
		}
	}
	return c.until(ctx, op, func() (bool, error) {
		live, err := c.AccessList(ctx, database)
		return err == nil && !live.Configurations.Enabled && len(live.Addresses) == 0, err
	})
}

// SameAddresses compares entries in whatever order.
func SameAddresses(a, b []Address) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(one Address) bool { return !slices.Contains(b, one) })
}

func accessPath(database string) string {
	return "/databases/" + url.PathEscape(database) + "/access-list"
}

// AddAddress adds an entry, or replaces the one of the same address, leaves all
// others alone and verifies it.
func (c *Client) AddAddress(ctx context.Context, database string, entry Address) error {
	op := "add " + entry.Address + " to the access list of database " + database
	return c.until(ctx, op, func() (bool, error) {
		live, err := c.AccessList(ctx, database)
		if err != nil {
			return false, err
		}
		if found, is := live.Entry(entry.Address); is && found.Description == entry.Description && found.Enabled == entry.Enabled {
			return true, nil
		}
		return false, c.do(ctx, request{op: op, method: http.MethodPost, path: accessPath(database), body: []Address{entry}, again: true}, nil)
	})
}

// RemoveAddress removes the entry of an address, leaves all others alone and
// verifies it. The last entry switches the list off: an enabled list without
// entries locks everyone out.
func (c *Client) RemoveAddress(ctx context.Context, database, address string) error {
	op := "remove " + address + " from the access list of database " + database
	return c.until(ctx, op, func() (bool, error) {
		live, err := c.AccessList(ctx, database)
		if err != nil {
			return false, err
		}
		found, is := live.Entry(address)
		if is && len(live.Addresses) == 1 && live.Configurations.Enabled {
			return false, c.restrict(ctx, op, database, false)
		}
		if !is {
			return true, nil
		}
		query := url.Values{"addresses": {found.Address}}
		return false, c.do(ctx, request{op: op, method: http.MethodDelete, path: accessPath(database) + "?" + query.Encode(), again: true}, nil)
	})
}

// RestrictAccess switches an access list on or off, leaves its entries alone and
// verifies it.
func (c *Client) RestrictAccess(ctx context.Context, database string, enabled bool) error {
	op := "switch the access list of database " + database
	if err := c.restrict(ctx, op, database, enabled); err != nil {
		return err
	}
	return c.until(ctx, op, func() (bool, error) {
		live, err := c.AccessList(ctx, database)
		return err == nil && live.Configurations.Enabled == enabled, err
	})
}

func (c *Client) restrict(ctx context.Context, op, database string, enabled bool) error {
	list := AccessList{Addresses: []Address{}}
	list.Configurations.Enabled = enabled
	return c.do(ctx, request{op: op, method: http.MethodPatch, path: accessPath(database), body: list, again: true}, nil)
}

// Entry is the entry of an address; 192.0.2.1 and 192.0.2.1/32 are the same.
func (l AccessList) Entry(address string) (Address, bool) {
	i := slices.IndexFunc(l.Addresses, func(one Address) bool { return prefixOf(one.Address) == prefixOf(address) })
	if i < 0 {
		return Address{}, false
	}
	return l.Addresses[i], true
}

// prefixOf is an address or a range as a range, and other text as it is.
func prefixOf(text string) string {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address, address.BitLen()).String()
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked().String()
	}
	return text
}
