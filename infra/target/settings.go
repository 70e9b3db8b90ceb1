package target

// TrustedProxies is the service's setting of the networks whose X-Forwarded-For
// it believes. Each target sets it to what is in front of the service there.
const TrustedProxies = "TRUSTED_PROXIES"

// SetDefault sets a setting that the stack itself does not.
func SetDefault(settings map[string]string, name, value string) {
	if _, set := settings[name]; !set {
		settings[name] = value
	}
}
