package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
)

func TestStructureLists(t *testing.T) {
	packed := func(content string) string {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		if _, err := w.Write([]byte(content)); err != nil || w.Close() != nil {
			t.Fatal("cannot pack")
		}
		return b.String()
	}
	inStream := func(dict, content string) string {
		return fmt.Sprintf("9 0 obj <<%s/Length %d>>stream\r\n%s\nendstream endobj", dict, len(content), content)
	}
	const objects = "1 0 2 40 <</S/P/K[0 0 8 0 R]>> [5 0 R 6 0 R]"
	tests := map[string]struct {
		file           string
		kids, elements int
		unread         bool
	}{
		"kids and elements":           {"8 0 obj <</S/P/K[0 1 8 0 R <</MCID 2>>]>> endobj 6 0 obj <</Nums[0[8 0 R 8 0 R 8 0 R] 1 7 0 R]>> endobj", 4, 3, false},
		"objects of their own":        {"7 0 obj [8 0 R 9 0 R] endobj 8 0 obj [1 2 3 4 5] endobj", 5, 2, false},
		"elements in place":           {"6 0 obj <</Nums[0[<</S/P>> <</S/P>>]]>>", 0, 2, false},
		"a key with escapes":          {"8 0 obj <</#4B[1 2 3]>>", 3, 0, false},
		"others' lists":               {"8 0 obj <</Kids[1 0 R 2 0 R]/W[1[500 600 700]]/Names[(a[b) 3 0 R]>>", 0, 0, false},
		"brackets that are none":      {"8 0 obj <</K[0 (a]b\\)]) <5D> %]\n 1]>>", 4, 0, false},
		"lists that do not end":       {"8 0 obj <</K[0 1 2", 3, 0, false},
		"more ends than lists":        {"]]>> ) > 8 0 obj <</K[0]>>]]", 1, 0, false},
		"packed objects":              {inStream("/Type/ObjStm/Filter/FlateDecode", packed(objects)), 3, 2, false},
		"plain objects":               {inStream("/Type/ObjStm", objects), 3, 2, false},
		"packed, and an escaped type": {inStream("/Type/Obj#53tm/Filter/FlateDecode", packed(objects)), 3, 2, false},
		"objects that stay hidden":    {inStream("/Type/ObjStm/Filter/FlateDecode", "hidden"), 0, 0, true},
		"content is not looked at":    {inStream("/Filter/FlateDecode", packed(objects)) + inStream("", objects), 0, 0, false},
		"a stream without an end":     {"9 0 obj <<>>stream [1 2 3", 0, 0, false},
		"streams in a stream":         {inStream("/Type/ObjStm", objects+" "+strings.Repeat("<</Type/ObjStm>>stream ", 200_000)), 3, 2, false},
		"too much to look at":         {inStream("/Type/ObjStm/Filter/FlateDecode", packed(strings.Repeat(" ", maxObjectBytes))), maxObjectBytes, maxObjectBytes, false},
		"empty":                       {"", 0, 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := structureOf([]byte(test.file))
			if got.kids != test.kids || got.elements != test.elements || got.unread != test.unread {
				t.Errorf("%d kids, %d elements, unread %v", got.kids, got.elements, got.unread)
			}
		})
	}
}
