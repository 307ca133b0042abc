package extract

import (
	"regexp"
	"strings"
)

// senderScore is that of a company whose own address on the web is on the
// paper.
const senderScore = 0.7

// minCompanyName is the fewest letters of a name that is looked for in
// addresses.
const minCompanyName = 4

// maxHosts is how many addresses of a document are kept.
const maxHosts = 32

// legalForm ends the name of a company.
var legalForm = regexp.MustCompile(`,? (?:GmbH(?: & Co\. KG)?|AG|KG|OHG|UG|e\.V\.|Inc\.?|LLC|Ltd\.?|Limited|PLC|Corp\.?|Corporation|B\.V\.|BV|N\.V\.|NV|S\.A\.|SA|SAS|SARL|S\.r\.l\.|SpA|S\.p\.A\.|Oy|AB|ApS|A/S)$`)

// hosts are the addresses of a text that say whose paper it is: of websites,
// and of mail.
func hosts(text string) []string {
	var all []string
	for _, m := range uris.FindAllString(text, -1) {
		m = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(m), "https://"), "http://")
		host, _, _ := strings.Cut(m, "/")
		all = append(all, letters(strings.TrimPrefix(host, "www.")))
	}
	for _, m := range emails.FindAllString(text, -1) {
		_, host, _ := strings.Cut(strings.ToLower(m), "@")
		all = append(all, letters(host))
	}
	return all
}

// sender is the one of several companies whose name is in an address.
func (s *slot) sender() (candidate, bool) {
	found := -1
	for i := range s.loose {
		name := letters(legalForm.ReplaceAllString(spelled(s.loose[i].Value), ""))
		if len(name) < minCompanyName {
			continue
		}
		for _, host := range s.hosts {
			if !strings.Contains(host, name) || found == i {
				continue
			}
			if found >= 0 {
				return candidate{}, false
			}
			found = i
		}
	}
	if found < 0 {
		return candidate{}, false
	}
	c := s.loose[found]
	c.Score = senderScore
	return c, true
}
