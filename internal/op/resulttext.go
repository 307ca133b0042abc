package op

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"docket/internal/job"
)

// ResultText makes a text of the JSON of an extraction's or a classification's
// result: a line for each value, behind its name. // contract H131
func ResultText(o job.Operation, result json.RawMessage) (string, error) {
	var b strings.Builder
	var many struct {
		Files []struct {
			FileName string          `json:"file_name"`
			Result   json.RawMessage `json:"result"`
		} `json:"files"`
	}
	if err := json.Unmarshal(result, &many); err != nil {
		return "", fmt.Errorf("read a result: %w", err)
	}
	if many.Files == nil {
		err := oneText(&b, o, result)
		return b.String(), err
	}
	for _, f := range many.Files {
		if f.Result == nil {
			continue
		}
		fmt.Fprintf(&b, "%s\n", f.FileName)
		if err := oneText(&b, o, f.Result); err != nil {
			return "", err
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// oneText writes the result for one document: of an extraction its values, of
// a classification its words.
func oneText(b *strings.Builder, o job.Operation, result json.RawMessage) error {
	if o == job.Extract {
		var v struct {
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(result, &v); err != nil {
			return fmt.Errorf("read an extraction: %w", err)
		}
		return writeValues(b, "", v.Data)
	}
	members, err := membersOf(result)
	if err != nil {
		return fmt.Errorf("read a classification: %w", err)
	}
	for _, m := range members {
		var text string
		if json.Unmarshal(m.value, &text) == nil && text != "" && m.name != "method" && m.name != "model" {
			fmt.Fprintf(b, "%s: %s\n", m.name, text)
		}
	}
	return nil
}

// writeValues writes what is below a name; a {value, score} is its value.
func writeValues(b *strings.Builder, name string, raw json.RawMessage) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	switch raw[0] {
	case '{':
		members, err := membersOf(raw)
		if err != nil {
			return fmt.Errorf("read the values of %q: %w", name, err)
		}
		if value, ok := leafOf(members); ok {
			return writeValues(b, name, value)
		}
		for _, m := range members {
			if err := writeValues(b, strings.TrimPrefix(name+"."+m.name, "."), m.value); err != nil {
				return err
			}
		}
		return nil
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("read the list %q: %w", name, err)
		}
		for _, one := range list {
			if err := writeValues(b, name, one); err != nil {
				return err
			}
		}
		return nil
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return fmt.Errorf("read the value of %q: %w", name, err)
		}
	}
	fmt.Fprintf(b, "%s: %s\n", name, text)
	return nil
}

// member is one of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// leafOf is the value of an object that has a score for it.
func leafOf(members []member) (value json.RawMessage, ok bool) {
	for _, m := range members {
		switch m.name {
		case "value":
			value = m.value
		case "score":
			ok = true
		}
	}
	return value, ok
}

// membersOf gives those of an object in their order.
func membersOf(raw json.RawMessage) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%.20q is no object", raw)
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var m member
		m.name, _ = name.(string)
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
