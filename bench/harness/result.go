package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Result is what a row's last run has found, as it is kept in a file.
type Result struct {
	Name        string            `json:"name"`
	Group       string            `json:"group"`
	Title       string            `json:"title"`
	Unit        string            `json:"unit"`
	Aim         Aim               `json:"aim,omitzero"`
	Note        string            `json:"note,omitempty"`
	At          time.Time         `json:"at"`
	Took        time.Duration     `json:"took_ns,omitempty"` // with making all ready
	Machine     Machine           `json:"machine"`
	Versions    map[string]string `json:"versions"`
	Contestants []Found           `json:"contestants"`
}

// Found are a contestant's rounds.
type Found struct {
	Name   string  `json:"name"`
	Rounds []Round `json:"rounds"`
}

func newResult(row Row, env *Env) Result {
	r := Result{Name: row.Name, Group: row.Group, Title: row.Title, Unit: row.Unit, Aim: row.Aim, Note: row.Note, Machine: env.Machine, Versions: maps.Clone(env.Versions)}
	for _, c := range row.Contestants {
		r.Contestants = append(r.Contestants, Found{Name: c.Name})
	}
	return r
}

// Figure is the median of the rounds.
func (f Found) Figure() float64 {
	return median(f.each(func(r Round) float64 { return r.Figure }))
}

// CPU is the median of the processor time for a unit of work; 0: not measured.
func (f Found) CPU() time.Duration {
	return time.Duration(median(f.each(func(r Round) float64 { return float64(r.CPU) })))
}

// More is the median of one of the figures besides.
func (f Found) More(name string) float64 {
	return median(f.each(func(r Round) float64 { return r.More[name] }))
}

// Range is the smallest and the largest figure.
func (f Found) Range() (least, most float64) {
	figures := f.each(func(r Round) float64 { return r.Figure })
	return slices.Min(figures), slices.Max(figures)
}

func (f Found) each(of func(Round) float64) []float64 {
	values := make([]float64, 0, len(f.Rounds))
	for _, r := range f.Rounds {
		values = append(values, of(r))
	}
	return values
}

// Ratio is the median, over the rounds, of the first contestant's figure
// through that of another one in the same round.
func (r Result) Ratio(other int) float64 {
	return r.through(other, func(one Round) float64 { return one.Figure })
}

// CPURatio is Ratio of what the work costs in processor time; 0: not measured.
func (r Result) CPURatio(other int) float64 {
	return r.through(other, func(one Round) float64 { return float64(one.CPU) })
}

func (r Result) through(other int, of func(Round) float64) float64 {
	var ratios []float64
	ours, theirs := r.Contestants[0].Rounds, r.Contestants[other].Rounds
	for i := range min(len(ours), len(theirs)) {
		if d := of(theirs[i]); d != 0 {
			ratios = append(ratios, of(ours[i])/d)
		}
	}
	return median(ratios)
}

// Reached says whether the aim is reached, and with which value. byCPU says
// that it is the ratio of processor times: on a machine that others use, the
// figures of a second say who was let run in it.
func (r Result) Reached() (value float64, byCPU, ok bool) {
	value = r.Contestants[0].Figure()
	if r.Aim.ofRatio() {
		value = r.Ratio(1)
		byCPU = r.Machine.busy() && r.CPURatio(1) > 0
	}
	switch {
	case byCPU && r.Aim.Kind == RatioAtLeast: // of work in a time
		value = 1 / r.CPURatio(1)
	case byCPU:
		value = r.CPURatio(1)
	}
	return value, byCPU, r.Aim.reached(value)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// Save writes the result into a folder, in place of the row's last one.
func (r Result) Save(folder string) error {
	b, err := json.MarshalIndent(r, "", "\t")
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, r.Name+".json"), append(b, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("keep the result of %s: %w", r.Name, err)
	}
	return nil
}

// Load reads the last result of each of the rows that has one, in their order.
func Load(folder string, rows []Row) ([]Result, error) {
	var all []Result
	for _, row := range rows {
		b, err := os.ReadFile(filepath.Join(folder, row.Name+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var r Result
		if err == nil {
			err = json.Unmarshal(b, &r)
		}
		if err == nil && len(r.Contestants) == 0 {
			err = errors.New("it has no contestants")
		}
		if err != nil {
			return nil, fmt.Errorf("read the result of %s: %w", row.Name, err)
		}
		r.Note = row.Note // which may have been written after the run
		all = append(all, r)
	}
	return all, nil
}

// number writes a figure with three digits that count.
func number(v float64) string {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return fmt.Sprint(v)
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	text := fmt.Sprintf("%.*f", digits, v)
	if v < 10_000 {
		return text
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// Summary is a result in a few lines.
func Summary(r Result) string {
	text := "  " + verdict(r) + "\n"
	for i, c := range r.Contestants[1:] {
		text += fmt.Sprintf("  through %s: %s; of processor time %s\n", c.Name, number(r.Ratio(i+1)), number(r.CPURatio(i+1)))
	}
	return text
}
