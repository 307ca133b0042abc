package blob_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"docket/internal/blob"
)

// However a reader gives its bytes, all of them are taken, and it is known where
// they are kept.
func TestBlobsAreTakenFromAnyReader(t *testing.T) {
	s, _, _ := open(t)
	for name, reader := range map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r }, "halves": iotest.HalfReader, "the end with the last bytes": iotest.DataErrReader,
		"bounded": func(r io.Reader) io.Reader { return io.LimitReader(r, 1<<30) },
	} {
		for _, size := range []int{0, 1, 2<<10 - 1, 2 << 10, 2<<10 + 1, blob.InlineLimit - 1, blob.InlineLimit, blob.InlineLimit + 1, 3 * blob.InlineLimit} {
			data := pattern(size)
			w := s.Create(t.Context(), newID(t), 0, "input-0")
			n, err := io.Copy(w, reader(bytes.NewReader(data)))
			if err != nil || n != int64(size) || w.Size() != n {
				t.Fatalf("%s, %d bytes: took %d, %v", name, size, n, err)
			}
			sealed, err := w.Seal()
			if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(data); sealed.SHA256 != hex.EncodeToString(sum[:]) || sealed.File.Inline != (size <= blob.InlineLimit) {
				t.Errorf("%s, %d bytes: %+v", name, size, sealed.File)
			}
			if got := content(t, s, sealed); !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes are %d others", name, size, len(got))
			}
		}
	}
}

// content is what a sealed blob holds, also when its row is not written yet.
func content(t *testing.T, s *blob.Store, sealed blob.Sealed) []byte {
	t.Helper()
	if sealed.Inline != nil {
		return sealed.Inline.Data
	}
	data, err := read(t.Context(), s, sealed.File)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A reader that fails is told of with what it gave before, below the limit of
// small blobs and beyond it.
func TestReadersOfBlobsFail(t *testing.T) {
	s, folder, _ := open(t)
	broken := errors.New("the line broke")
	for size, why := range map[int]error{0: broken, 10: broken, 2 * blob.InlineLimit: broken, 11: fmt.Errorf("%w: in the middle: %w", broken, io.EOF)} {
		w := s.Create(t.Context(), newID(t), 0, "input-0")
		n, err := io.Copy(w, io.MultiReader(bytes.NewReader(make([]byte, size)), iotest.ErrReader(why)))
		if !errors.Is(err, broken) || n != int64(size) {
			t.Errorf("after %d bytes: %d, %v", size, n, err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
}
