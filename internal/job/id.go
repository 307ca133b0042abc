package job

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.jetify.com/typeid/base32"
)

// ID is the UUIDv7 of one job. It has two spellings, the UUID and the TypeID
// job_… of the same 128 bits; clients may use either on every route.
type ID [16]byte

// BatchID is the UUIDv7 of one batch, spelled batch_….
type BatchID [16]byte

// Spelling is one of the two ways to write an ID.
type Spelling string

// The spelling that a submit answered is kept with the job. // contract J2
const (
	UUID   Spelling = "uuid"
	TypeID Spelling = "typeid"
)

const (
	jobPrefix   = "job_"
	batchPrefix = "batch_"
)

// NewID makes the id of a new job; ids made later sort after it.
func NewID() (ID, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return ID{}, fmt.Errorf("make job id: %w", err)
	}
	return ID(u), nil
}

// NewBatchID makes the id of a new batch.
func NewBatchID() (BatchID, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return BatchID{}, fmt.Errorf("make batch id: %w", err)
	}
	return BatchID(u), nil
}

// ParseID reads either spelling of a job's id and says which one it was.
func ParseID(s string) (ID, Spelling, error) {
	if b, ok := parseTypeID(s, jobPrefix); ok {
		return ID(b), TypeID, nil
	}
	if b, ok := parseUUID(s); ok {
		return ID(b), UUID, nil
	}
	return ID{}, "", Errorf(NotFound, nil, "parse job id of %d bytes", len(s))
}

// ParseBatchID reads either spelling of a batch's id.
func ParseBatchID(s string) (BatchID, error) {
	if b, ok := parseTypeID(s, batchPrefix); ok {
		return BatchID(b), nil
	}
	if b, ok := parseUUID(s); ok {
		return BatchID(b), nil
	}
	return BatchID{}, Errorf(NotFound, nil, "parse batch id of %d bytes", len(s))
}

func parseTypeID(s, prefix string) (b [16]byte, ok bool) {
	const suffix = 26
	if len(s) != len(prefix)+suffix || s[:len(prefix)] != prefix {
		return b, false
	}
	// The first of 26 letters holds 3 bits; a larger one is over 128 bits.
	if s[len(prefix)] > '7' {
		return b, false
	}
	raw, err := base32.Decode(s[len(prefix):])
	if err != nil {
		return b, false
	}
	return [16]byte(raw), true
}

// parseUUID takes the 8-4-4-4-12 form alone; the braces, the urn: and the bare
// hexadecimals that libraries accept besides are ids that nobody was given.
func parseUUID(s string) (b [16]byte, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return b, false
	}
	var digits [32]byte
	n := copy(digits[:], s[:8])
	n += copy(digits[n:], s[9:13])
	n += copy(digits[n:], s[14:18])
	n += copy(digits[n:], s[19:23])
	copy(digits[n:], s[24:])
	_, err := hex.Decode(b[:], digits[:])
	return b, err == nil
}

// String is the UUID, as logs and files spell the id.
func (id ID) String() string { return uuid.UUID(id).String() }

// In spells the id.
func (id ID) In(s Spelling) string {
	if s == TypeID {
		return jobPrefix + base32.Encode(id)
	}
	return id.String()
}

// Other is the spelling that s is not.
func (s Spelling) Other() Spelling {
	if s == TypeID {
		return UUID
	}
	return TypeID
}

// Folder is where everything is kept that belongs to the job: day/id.
func (id ID) Folder() string { return id.MadeAt().Format("2006-01-02") + "/" + id.String() }

// MarshalText is the UUID, for what is stored as JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(text []byte) error {
	b, ok := parseUUID(string(text))
	if !ok {
		return Errorf(Internal, nil, "%q is no id", text)
	}
	*id = b
	return nil
}

// IsZero says that there is no id.
func (id ID) IsZero() bool { return id == ID{} }

// MadeAt is the time at which the id was made, in milliseconds.
func (id ID) MadeAt() time.Time {
	ms := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5])
	return time.UnixMilli(ms).UTC()
}

// String is the one spelling that batches are given out in.
func (id BatchID) String() string { return batchPrefix + base32.Encode(id) }

// IsZero says that there is no batch.
func (id BatchID) IsZero() bool { return id == BatchID{} }
