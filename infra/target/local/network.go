package local

import "strconv"

// loopback is the only address that anything of this target listens on.
const loopback = "127.0.0.1"

// address is loopback with a port.
func address(port int) string { return loopback + ":" + strconv.Itoa(port) }

// urlOf is the address as a URL without a slash at the end.
func urlOf(port int) string { return "http://" + address(port) }
