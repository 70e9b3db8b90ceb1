package platform

import "slices"

// Made asks a platform to make what could be given instead, such as a key.
const Made = "made"

// Production is what a stack's settings ask of any platform beside running a
// service. Each is off until it is set, and a platform refuses what would do
// nothing there.
type Production struct {
	// KMSKey encrypts secrets, logs and images: Made, or the platform's full name
	// of a key that is there.
	KMSKey string
	// LogRetentionDays is how long log lines stay.
	LogRetentionDays int
	// RetainedImages is how many of the newest images stay.
	RetainedImages int
	// SecretVersionDays is how long a replaced version of a secret can be
	// restored; then it is destroyed.
	SecretVersionDays int
	// EgressAddresses are those that the service calls from: Made alone, or
	// those of a network that is not the stack's.
	EgressAddresses []string
}

// MakesKey and MakesAddresses tell what the platform is to make.
func (p Production) MakesKey() bool       { return p.KMSKey == Made }
func (p Production) MakesAddresses() bool { return slices.Equal(p.EgressAddresses, []string{Made}) }

// GivenKey is the key that is there, "" if there is none.
func (p Production) GivenKey() string {
	if p.MakesKey() {
		return ""
	}
	return p.KMSKey
}

// GivenAddresses are those of a network that is not the stack's.
func (p Production) GivenAddresses() []string {
	if p.MakesAddresses() {
		return nil
	}
	return p.EgressAddresses
}

// Refuse notes each setting that is set and that a platform has nothing for, with
// the reason by its name.
func (p Production) Refuse(problems *Problems, reasons map[string]string) {
	for _, one := range []struct {
		key string
		set bool
	}{
		{"kmsKey", p.KMSKey != ""}, {"logRetentionDays", p.LogRetentionDays > 0}, {"retainedImages", p.RetainedImages > 0},
		{"secretVersionDays", p.SecretVersionDays > 0}, {"egressAddresses", len(p.EgressAddresses) > 0},
	} {
		if why := reasons[one.key]; one.set && why != "" {
			problems.AddUnread(one.key, "%s", why)
		}
	}
}
