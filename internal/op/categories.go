package op

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"docket/internal/job"
	"docket/internal/model"
)

// Bounds of the categories of one request.
const (
	MaxCategories      = 100
	maxCategoryName    = 200  // characters
	maxCategoryDetails = 4000 // characters of a description
)

// Category is a class of documents or pages that a client has named.
type Category struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// UnmarshalJSON takes an object with a name and perhaps a description, or the
// name alone as a string.
func (c *Category) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*c = Category{}
		return json.Unmarshal(b, &c.Name)
	}
	var object struct {
		Name        *string `json:"name"`
		Description string  `json:"description"`
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	if object.Name == nil {
		return errors.New("a category without a name")
	}
	*c = Category{Name: *object.Name, Description: object.Description}
	return nil
}

// ParseCategories reads a JSON array of categories; each is an object with a
// name and perhaps a description, or a name alone. Nothing is an empty array.
// Errors are of code InvalidConditions with the facts field, problem and remedy.
func ParseCategories(text string) ([]Category, error) {
	var all []Category
	if text == "" {
		text = "[]"
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, refuseCategories("it is not a JSON array of categories", err)
	}
	return CheckCategories(all)
}

// CheckCategories gives the categories without spaces around names. Errors
// are those of ParseCategories: none or too many, names that are empty, too
// long, or there twice.
func CheckCategories(all []Category) ([]Category, error) {
	switch {
	case len(all) == 0:
		return nil, refuseCategories("there are none", nil)
	case len(all) > MaxCategories:
		return nil, refuseCategories(fmt.Sprintf("there are %d, the limit is %d", len(all), MaxCategories), nil)
	}
	seen := map[string]bool{}
	checked := make([]Category, len(all))
	for i, c := range all {
		c.Name = strings.Join(strings.Fields(c.Name), " ")
		key := strings.ToLower(c.Name)
		switch {
		case c.Name == "":
			return nil, refuseCategories(fmt.Sprintf("number %d has no name", i+1), nil)
		case utf8.RuneCountInString(c.Name) > maxCategoryName:
			return nil, refuseCategories(fmt.Sprintf("the name of number %d is longer than %d characters", i+1, maxCategoryName), nil)
		case utf8.RuneCountInString(c.Description) > maxCategoryDetails:
			return nil, refuseCategories(fmt.Sprintf("the description of number %d is longer than %d characters", i+1, maxCategoryDetails), nil)
		case seen[key]:
			return nil, refuseCategories(fmt.Sprintf("%q is there twice", c.Name), nil)
		}
		seen[key] = true
		checked[i] = c
	}
	return checked, nil
}

// CheckSorting checks what is said to sort pages by, categories as ParseCategories
// has them and a method, and gives both as they are stored. Errors are those of
// ParseCategories and of Method.Check.
func CheckSorting(categories json.RawMessage, m Method, remote *model.Remote) ([]Category, Method, error) {
	if err := m.Check(remote); err != nil {
		return nil, m, err
	}
	all, err := ParseCategories(string(categories))
	return all, m.Chosen(remote), err
}

func refuseCategories(problem string, cause error) error {
	return &job.Error{Code: job.InvalidConditions, Err: cause, Facts: job.Facts{
		"field": "categories", "problem": problem,
		"remedy": `Send a JSON array such as [{"name":"Invoice","description":"a bill for goods"},{"name":"Contract"}].`,
	}}
}
