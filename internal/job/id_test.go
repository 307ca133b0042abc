package job_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"docket/internal/job"
)

func TestIDHasTwoSpellings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id job.ID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		for _, s := range []job.Spelling{job.UUID, job.TypeID} {
			got, spelling, err := job.ParseID(id.In(s))
			if err != nil || got != id || spelling != s {
				t.Fatalf("ParseID(%q) = %v, %v, %v", id.In(s), got, spelling, err)
			}
		}
	})
}

func TestIDsSortByTheirTime(t *testing.T) {
	last := job.ID{}
	for range 1000 {
		id, err := job.NewID()
		if err != nil {
			t.Fatal(err)
		}
		if id.String() <= last.String() {
			t.Fatalf("%s came after %s", id, last)
		}
		last = id
	}
}

func TestParseIDTakesNothingElse(t *testing.T) {
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	uuid, typeid := id.In(job.UUID), id.In(job.TypeID)
	for _, s := range []string{
		"", "job1", "job_", "job_abc123def456", "batch_" + typeid[4:], typeid + "0", typeid[:29], strings.ToUpper(typeid),
		strings.ReplaceAll(uuid, "-", ""), "{" + uuid + "}", "urn:uuid:" + uuid, uuid[:35], uuid + "0", strings.Replace(uuid, "-", "_", 1),
		"job_zzzzzzzzzzzzzzzzzzzzzzzzzz", "job_8zzzzzzzzzzzzzzzzzzzzzzzzz", "job_0000000000000000000000000u", uuid[:8] + "-" + uuid[9:35] + "g",
		"../../etc/passwd", "job_\x00", strings.Repeat("a", 10_000), "' OR 1=1 --",
	} {
		if got, _, err := job.ParseID(s); job.CodeOf(err) != job.NotFound {
			t.Errorf("ParseID(%.60q) = %v, %v; want not_found", s, got, err)
		}
	}
	if got, _, err := job.ParseID(strings.ToUpper(uuid)); err != nil || got != id {
		t.Errorf("an upper-case UUID is the same id: got %v, %v", got, err)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("b2094b38-e432-44b6-a5d0-67bed07d5de1")
	f.Add("job_01h455vb4pex5vsknk084sn02q")
	f.Add("job_")
	f.Fuzz(func(t *testing.T, s string) {
		id, spelling, err := job.ParseID(s)
		if err == nil && !strings.EqualFold(id.In(spelling), s) {
			t.Errorf("ParseID(%q) gave %q", s, id.In(spelling))
		}
	})
}
