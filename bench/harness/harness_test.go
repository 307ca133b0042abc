package harness

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// found is a contestant whose rounds have these figures.
func found(name string, figures ...float64) Found {
	f := Found{Name: name}
	for _, v := range figures {
		f.Rounds = append(f.Rounds, Round{Figure: v, CPU: time.Duration(v) * time.Microsecond, More: map[string]float64{"p99 ms": v / 10}})
	}
	return f
}

func sample(aim Aim) Result {
	return Result{
		Name: "poll", Group: "Polls", Title: "Poll <cached>", Unit: "requests/s", Aim: aim, Note: "A note.",
		At:          time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Machine:     Machine{Processor: "Z80", Cores: 2, Memory: "1 GiB", System: "CP/M", Load: "0.5"},
		Versions:    map[string]string{"Go": "1.26", "Docket": "abc"},
		Contestants: []Found{found("ours", 80, 120, 100), found("bare", 100, 100, 200)},
	}
}

func TestReached(t *testing.T) {
	for _, test := range []struct {
		aim   Aim
		value float64
		ok    bool
	}{
		{Aim{}, 100, true},
		{Aim{RatioAtLeast, 0.8}, 0.8, true}, // of each round's own ratio, which are 0.8, 1.2 and 0.5
		{Aim{RatioAtLeast, 0.9}, 0.8, false},
		{Aim{RatioAtMost, 0.9}, 0.8, true},
		{Aim{RatioAtMost, 0.7}, 0.8, false},
		{Aim{AtLeast, 100}, 100, true},
		{Aim{AtLeast, 101}, 100, false},
		{Aim{AtMost, 99}, 100, false},
	} {
		if value, byCPU, ok := sample(test.aim).Reached(); value != test.value || ok != test.ok || byCPU {
			t.Errorf("%v: %v, %v, %v", test.aim, value, byCPU, ok)
		}
	}
}

// On a machine that others use, processor time decides where it is known.
func TestReachedOnABusyMachine(t *testing.T) {
	for _, test := range []struct {
		aim   Aim
		cpu   time.Duration // ours; the yardstick takes 100
		value float64
		byCPU bool
	}{
		{Aim{RatioAtLeast, 0.9}, 200, 0.5, true},
		{Aim{RatioAtMost, 10}, 200, 2, true},
		{Aim{RatioAtLeast, 0.9}, 0, 1, false},
		{Aim{AtMost, 10}, 200, 1, false},
	} {
		r := sample(test.aim)
		r.Machine.Load = "2.5"
		r.Contestants = []Found{
			{Rounds: []Round{{Figure: 1, CPU: test.cpu}}}, {Rounds: []Round{{Figure: 1, CPU: 100}}},
		}
		if value, byCPU, _ := r.Reached(); value != test.value || byCPU != test.byCPU {
			t.Errorf("%v: %v, %v", test.aim, value, byCPU)
		}
	}
}

func TestReport(t *testing.T) {
	r := sample(Aim{RatioAtLeast, 0.9})
	got := Report([]Pair{{First: &r}}, "charts")
	want := `## Two runs

- First run: 2026-01-02; Docket abc; cores busy before: 0.5; 1 rows.
- Second run: none yet.

A figure without a unit is the ratio to the yardstick. Details of the first run are below.

| | aim | first run | second run | |
|---|---|---|---|---|
| **Polls** | | | | |
| Poll <cached> | ratio at least 0.900 | 0.800 |  | 11 % off |

## Polls

### Poll <cached>

Aim: ratio at least 0.900. **Not reached: 0.800, which is off by 11 %.**

![Poll <cached>](charts/poll.svg)

| | requests/s, median (range) | ours through it | CPU each | CPU, ours through it | p99 ms |
|---|---|---|---|---|---|
| ours | 100 (80.0–120) |  | 100 µs |  | 10.0 |
| bare | 100 (100–200) | 0.800 | 100 µs | 0.800 | 10.0 |

A note.

<sub>3 rounds in turn; 2026-01-02; 2 cores of Z80, 1 GiB; CP/M; cores busy before: 0.5; Docket abc; Go 1.26</sub>

`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInsert(t *testing.T) {
	got, err := Insert("before\n"+Begin+"\nold\n"+End+"\nafter\n", "new")
	if want := "before\n" + Begin + "\n\nnew\n" + End + "\nafter\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	for _, document := range []string{"", Begin, End, End + Begin} {
		if _, err := Insert(document, "new"); err == nil {
			t.Errorf("%q was taken", document)
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.01234: "0.0123", 1: "1.00", 99.99: "100.0", 1234: "1234", 23456: "23,456", 1234567: "1,234,567"} {
		if got := number(v); got != want {
			t.Errorf("%v: %q, not %q", v, got, want)
		}
	}
}

// The chart must be XML with a bar for each contestant, whatever their names.
func TestChart(t *testing.T) {
	r := sample(Aim{})
	r.Contestants = append(r.Contestants, found("a & b <c>", 0, 0))
	text, bars := Chart(r), 0
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "rect" {
			bars++
		}
	}
	if bars != 3 || !strings.Contains(text, "a &amp; b &lt;c&gt;") {
		t.Error(text)
	}
}

// Contestants take turns, the order turns round, and all are stopped, also
// after one that fails.
func TestRunTakesTurns(t *testing.T) {
	var did []string
	contestant := func(name string, fails int) Contestant {
		return Contestant{Name: name, Start: func(context.Context, *Env) (*Running, error) {
			did = append(did, "+"+name)
			n := 0
			return &Running{
				Round: func(context.Context) (Round, error) {
					if did, n = append(did, name), n+1; n == fails {
						return Round{}, errors.New("broken")
					}
					return Round{Figure: float64(n)}, nil
				},
				Stop:     func() error { did = append(did, "-"+name); return nil },
				Versions: map[string]string{name: "1"},
			}, nil
		}}
	}
	env := &Env{Versions: map[string]string{"Go": "1.26"}}
	r, err := Run(t.Context(), env, Row{Name: "row", Rounds: 3, Contestants: []Contestant{contestant("a", 0), contestant("b", 0)}}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Fields("+a +b a b b a a b -a -b"), did); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"Go": "1.26", "a": "1", "b": "1"}, r.Versions); diff != "" {
		t.Error(diff)
	}
	if r.Contestants[0].Figure() != 2 {
		t.Error(r.Contestants)
	}
	did = nil
	if _, err := Run(t.Context(), env, Row{Name: "row", Contestants: []Contestant{contestant("a", 0), contestant("b", 1)}}, io.Discard); err == nil {
		t.Error("a broken round was taken")
	}
	if diff := cmp.Diff(strings.Fields("+a +b a b -a -b"), did); diff != "" {
		t.Error(diff)
	}
}

func TestLoadGivesWhatWasSaved(t *testing.T) {
	folder := t.TempDir()
	want := sample(Aim{RatioAtLeast, 0.9})
	if err := want.Save(folder); err != nil {
		t.Fatal(err)
	}
	got, err := Load(folder, []Row{{Name: "never-run"}, {Name: "poll", Note: want.Note}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Result{want}, got); diff != "" {
		t.Error(diff)
	}
}
