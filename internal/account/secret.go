package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
)

// Secret is what a client shows: docket_ and 49 letters and digits, of which
// the last six are a checksum of what is before them, so that scanners of
// repositories and logs know one when they see it.
type Secret string

// Stored is what is kept of a secret: its beginning, by which it is found and
// which people may see, and its SHA-256 in hexadecimals.
type Stored struct {
	Prefix string
	Hash   string
}

// Sum is the SHA-256 of a secret.
type Sum [sha256.Size]byte

const (
	secretMark  = "docket_"
	secretBody  = 43 // letters and digits of 5.95 bits: 256 bits
	secretCheck = 6
	secretShown = len(secretMark) + 8
	secretBytes = len(secretMark) + secretBody + secretCheck
	alphabet    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewSecret makes a secret that nobody can guess.
func NewSecret() Secret {
	b := make([]byte, 0, len(secretMark)+secretBody+secretCheck)
	b = append(b, secretMark...)
	for len(b) < len(secretMark)+secretBody {
		var random [64]byte
		_, _ = rand.Read(random[:]) // never fails
		for _, r := range random {
			// Bytes over the largest multiple of 62 would make some letters likelier.
			if r < 248 && len(b) < len(secretMark)+secretBody {
				b = append(b, alphabet[r%62])
			}
		}
	}
	return Secret(append(b, checksum(b)...))
}

// ParseSecret reads a secret; the error says what a key looks like, and never
// repeats what was shown.
func ParseSecret(s string) (Secret, error) {
	body, ok := strings.CutPrefix(s, secretMark)
	if !ok || len(body) != secretBody+secretCheck {
		return "", fmt.Errorf("a key is %s and %d letters and digits", secretMark, secretBody+secretCheck)
	}
	for i := range len(body) {
		if strings.IndexByte(alphabet, body[i]) < 0 {
			return "", fmt.Errorf("a key has only letters and digits after %s", secretMark)
		}
	}
	if at := len(s) - secretCheck; checksum([]byte(s[:at])) != s[at:] {
		return "", fmt.Errorf("a letter of the key is wrong or missing")
	}
	return Secret(s), nil
}

// checksum is the CRC-32 (IEEE) in base 62, six digits.
func checksum(b []byte) string {
	var digits [secretCheck]byte
	sum := crc32.ChecksumIEEE(b)
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// Stored is what may be kept of the secret.
func (s Secret) Stored() Stored {
	sum := sha256.Sum256([]byte(s))
	return Stored{Prefix: string(s[:min(secretShown, len(s))]), Hash: hex.EncodeToString(sum[:])}
}

// SumOf is the sum of what was shown, by which its key is found without reading
// it; false when it is too long or too short for a secret.
func SumOf(shown string) (Sum, bool) {
	var b [secretBytes]byte // on the stack: this is done for every request
	if len(shown) != len(b) {
		return Sum{}, false
	}
	copy(b[:], shown)
	return sha256.Sum256(b[:]), true
}

// Sum is that of the secret; false when none is kept.
func (s Stored) Sum() (sum Sum, ok bool) {
	n, err := hex.Decode(sum[:], []byte(s.Hash))
	return sum, err == nil && n == len(sum)
}
