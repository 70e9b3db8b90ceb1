package datatypes

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"

	jsonv1 "github.com/go-json-experiment/json/v1"
)

// UUID is a UUID. In a document it is {"$uuid": text}, in a row its text; both
// forms are read.
type UUID struct{ value uuid.UUID }

// NewUUIDv4 makes a random UUID.
func NewUUIDv4() UUID { return UUID{uuid.New()} }

// NewUUIDv7 makes a UUID that begins with the time.
func NewUUIDv7() UUID { return UUID{uuid.Must(uuid.NewV7())} }

// ParseUUID reads a UUID with or without dashes.
func ParseUUID(s string) (UUID, error) {
	value, err := uuid.Parse(s)
	return UUID{value}, err
}

// MustParseUUID is like ParseUUID but panics on an error.
func MustParseUUID(s string) UUID { return UUID{uuid.MustParse(s)} }

func (u UUID) String() string { return u.value.String() }

// Version is 4 for a random UUID and 7 for one of NewUUIDv7.
func (u UUID) Version() int { return int(u.value.Version()) }

// IsZero reports whether all bytes are 0.
func (u UUID) IsZero() bool { return u == UUID{} }

// Equals reports whether both UUIDs are the same.
func (u UUID) Equals(other UUID) bool { return u == other }

// Bytes are the 16 bytes.
func (u UUID) Bytes() [16]byte { return u.value }

// MarshalJSON implements [json.Marshaler] with the form of documents.
func (u UUID) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"$uuid":%q}`, u.String()), nil }

// UnmarshalJSON implements [json.Unmarshaler] for both forms.
func (u *UUID) UnmarshalJSON(data []byte) error {
	return unmarshalID(data, "$uuid", func(s string) (err error) { *u, err = ParseUUID(s); return err })
}

// MarshalText implements [encoding.TextMarshaler].
func (u UUID) MarshalText() ([]byte, error) { return u.value.MarshalText() }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (u *UUID) UnmarshalText(text []byte) error { return u.value.UnmarshalText(text) }

// ObjectId is the 12-byte _id of documents, {"$objectId": hex digits}.
type ObjectId struct{ value [12]byte }

// NewObjectId makes an ObjectId that begins with the time in seconds; the rest
// is random.
func NewObjectId() ObjectId { return NewObjectIdAt(time.Now()) }

// NewObjectIdAt makes an ObjectId of that time.
func NewObjectIdAt(t time.Time) ObjectId {
	var o ObjectId
	binary.BigEndian.PutUint32(o.value[:], uint32(t.Unix()))
	_, _ = rand.Read(o.value[4:]) // never fails
	return o
}

// ParseObjectId reads 24 hex digits.
func ParseObjectId(s string) (ObjectId, error) {
	var o ObjectId
	if n, err := hex.Decode(o.value[:], []byte(s[:min(len(s), 24)])); err != nil || n != 12 || len(s) != 24 {
		return ObjectId{}, fmt.Errorf("%q is not an ObjectId; it has 24 hex digits", s)
	}
	return o, nil
}

func (o ObjectId) String() string { return hex.EncodeToString(o.value[:]) }

// GetTimestamp is the time that the ObjectId begins with.
func (o ObjectId) GetTimestamp() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(o.value[:])), 0)
}

// IsZero reports whether all bytes are 0.
func (o ObjectId) IsZero() bool { return o == ObjectId{} }

// Equals reports whether both ObjectIds are the same.
func (o ObjectId) Equals(other ObjectId) bool { return o == other }

// MarshalJSON implements [json.Marshaler].
func (o ObjectId) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"$objectId":%q}`, o.String()), nil
}

// UnmarshalJSON implements [json.Unmarshaler] for the object and the digits.
func (o *ObjectId) UnmarshalJSON(data []byte) error {
	return unmarshalID(data, "$objectId", func(s string) (err error) { *o, err = ParseObjectId(s); return err })
}

// unmarshalID reads a text or an object with one member; null changes nothing.
func unmarshalID(data []byte, member string, parse func(string) error) error {
	data = bytes.TrimSpace(data)
	var text string
	switch {
	case string(data) == "null":
		return nil
	case len(data) > 0 && data[0] == '{':
		var object map[string]string
		if err := jsonv1.Unmarshal(data, &object); err != nil {
			return fmt.Errorf("read %s: %w", member, err)
		}
		text = object[member]
	default:
		if err := jsonv1.Unmarshal(data, &text); err != nil {
			return fmt.Errorf("read %s: %w", member, err)
		}
	}
	if err := parse(text); err != nil {
		return fmt.Errorf("read %s: %w", member, err)
	}
	return nil
}
