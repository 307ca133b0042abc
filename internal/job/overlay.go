package job

import (
	"encoding/json"
	"fmt"
)

// Overlay lays an object over another, as RFC 7396 says: what it names takes
// the place of what was there, null removes it, and objects in objects are laid
// over each other in the same way. Both may be nil.
func Overlay(under, over json.RawMessage) (json.RawMessage, error) {
	if len(over) == 0 {
		return under, nil
	}
	var below, above map[string]json.RawMessage
	if len(under) > 0 {
		if err := json.Unmarshal(under, &below); err != nil {
			below = nil // what is no object gives way
		}
	}
	if err := json.Unmarshal(over, &above); err != nil {
		return nil, fmt.Errorf("read an object to lay over another: %w", err)
	}
	all := map[string]json.RawMessage{}
	for name, value := range below {
		all[name] = value
	}
	for name, value := range above {
		switch {
		case string(value) == "null":
			delete(all, name)
			continue
		case value[0] == '{':
			merged, err := Overlay(all[name], value)
			if err != nil {
				return nil, err
			}
			value = merged
		}
		all[name] = value
	}
	b, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode what was laid over another: %w", err)
	}
	return b, nil
}
