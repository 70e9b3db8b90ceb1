package value

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

var errInet = errors.New("an IP address was expected")

// parseInet reads what Java's InetAddress takes without asking a name server:
// IPv4 of one to four parts, IPv6 with or without brackets, and localhost.
func parseInet(s string) (any, error) {
	if s == "" || s == "localhost" {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if s, ok = strings.CutSuffix(inner, "]"); !ok || !strings.Contains(s, ":") {
			return nil, errInet
		}
	}
	if !strings.Contains(s, ":") {
		return parseIPv4(s)
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return nil, errInet
	}
	return a.Unmap(), nil
}

// parseIPv4 reads a.b.c.d, a.b.c, a.b or a; the last part fills the bytes that
// are left.
func parseIPv4(s string) (any, error) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return nil, errInet
	}
	address := uint64(0)
	for i, p := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		n, err := strconv.ParseUint(p, 10, bits)
		if err != nil || strings.HasPrefix(p, "+") {
			return nil, errInet
		}
		address = address<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}), nil
}

// renderInet writes IPv6 as Java does: eight groups without leading zeros.
func renderInet(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	b := a.As16()
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = strconv.FormatUint(uint64(b[2*i])<<8|uint64(b[2*i+1]), 16)
	}
	return strings.Join(groups, ":")
}

var errUUID = errors.New("a UUID such as 7d3c8b1e-0f64-4a52-9a0e-3f1d2c5b6a79 was expected")

// uuidOf reads the five groups of a UUID; as in Java, a group may be shorter
// than usual.
func uuidOf(s string) (uuid.UUID, error) {
	parts := strings.Split(s, "-")
	if len(parts) != 5 || len(s) > 36 {
		return uuid.UUID{}, errUUID
	}
	var digits strings.Builder
	for i, size := range []int{8, 4, 4, 4, 12} {
		p := parts[i]
		if p == "" || len(p) > size {
			return uuid.UUID{}, errUUID
		}
		digits.WriteString(strings.Repeat("0", size-len(p)) + p)
	}
	raw, err := hex.DecodeString(digits.String())
	if err != nil {
		return uuid.UUID{}, errUUID
	}
	return uuid.FromBytes(raw)
}
