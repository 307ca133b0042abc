package extract

import "slices"

// kind is what sort of text a value is, which decides how it is found.
type kind int

const (
	textKind kind = iota
	longTextKind
	identifierKind
	numberKind
	moneyKind
	percentKind
	booleanKind
	dateKind
	dateTimeKind
	emailKind
	uriKind
	phoneKind
	ibanKind
	bicKind
	vatKind
	currencyKind
	companyKind
	addressKind
	postcodeKind
	sirenKind
	enumKind
	patternKind
)

// kindWords say by the words of its name what sort of value a property has;
// the first that has one of the words wins.
var kindWords = []struct {
	kind  kind
	words []string
}{
	{ibanKind, []string{"iban"}},
	{bicKind, []string{"bic", "swift"}},
	{emailKind, []string{"email", "mail"}},
	{uriKind, []string{"website", "url", "web", "homepage", "internet"}},
	{phoneKind, []string{"phone", "telephone", "telefon", "mobile", "mobil", "fax", "telefax"}},
	{currencyKind, []string{"currency", "wahrung", "devise"}},
	{postcodeKind, []string{"zip", "plz", "postcode", "postleitzahl", "postal"}},
	{sirenKind, []string{"siren", "siret"}},
	{dateKind, []string{"date", "datum", "day", "fallig", "deadline", "birthday", "dob", "rechnungsdatum", "lieferdatum", "bestelldatum", "geburtsdatum", "falligkeitsdatum", "since", "until"}},
	{percentKind, []string{"percent", "percentage", "prozent"}},
	{addressKind, []string{"address", "anschrift", "adresse"}},
	{identifierKind, []string{"number", "id", "code", "reference", "nummer", "key", "sku", "rechnungsnummer", "kundennummer", "bestellnummer", "auftragsnummer", "artikelnummer", "steuernummer", "kontonummer", "identifier", "serial", "account", "coc", "numero", "matricule", "isbn", "po"}},
	{moneyKind, []string{"amount", "total", "price", "subtotal", "sum", "cost", "fee", "balance", "betrag", "summe", "preis", "gesamtbetrag", "nettobetrag", "bruttobetrag", "montant", "salary", "charge", "discount", "net", "gross", "netto", "brutto"}},
	{longTextKind, []string{"description", "summary", "note", "comment", "beschreibung", "zusammenfassung", "bemerkung"}},
	{companyKind, []string{"issuer", "vendor", "supplier", "seller", "company", "merchant", "lieferant", "verkaufer", "firma", "manufacturer", "employer", "organization", "partner", "sender", "payee", "biller", "absender", "rechnungssteller", "fournisseur"}},
}

// sortOf decides the kind of a value from its schema and its name.
func (f *field) sortOf(words []string) kind {
	switch f.typ {
	case "boolean":
		return booleanKind
	case "number", "integer":
		return f.numeric(words)
	}
	if len(f.enum) > 0 {
		return enumKind
	}
	switch f.format {
	case "date":
		return dateKind
	case "date-time":
		return dateTimeKind
	case "email", "idn-email":
		return emailKind
	case "uri", "url", "iri", "hostname":
		return uriKind
	case "phone", "tel":
		return phoneKind
	case "iban":
		return ibanKind
	}
	if f.pattern != nil {
		return patternKind
	}
	if taxNumber(words) {
		return vatKind
	}
	if len(words) > 0 && slices.Contains(plainWords, words[len(words)-1]) && !slices.ContainsFunc(words, isCompanyWord) {
		return textKind
	}
	if f.typ == "string" && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(measureWords, w) }) {
		return textKind // "38 kg" is more than its number
	}
	for _, k := range kindWords {
		if k.kind == companyKind && len(words) > 0 {
			// The city of a seller is no company.
			if last := words[len(words)-1]; last != "name" && !slices.Contains(k.words, last) {
				continue
			}
		}
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(k.words, w) }) {
			return k.kind
		}
	}
	return textKind
}

// plainWords end the names of what is text, whatever it belongs to: the holder
// of an account is no account number.
var plainWords = []string{"name", "holder", "owner", "type", "status", "contact", "person", "manager", "inhaber", "title", "titel", "method", "term", "condition"}

// measureWords are in the names of what has a unit.
var measureWords = []string{"weight", "length", "width", "height", "volume", "duration", "size", "gewicht", "dauer", "hour", "poid", "peso"}

// isCompanyWord says whether a property with that word in its name is a
// company.
func isCompanyWord(word string) bool {
	for _, k := range kindWords {
		if k.kind == companyKind {
			return slices.Contains(k.words, word)
		}
	}
	return false
}

func (f *field) numeric(words []string) kind {
	has := func(all ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(all, w) })
	}
	switch {
	case has("percent", "percentage", "rate", "prozent", "satz"):
		return percentKind
	case has("quantity", "count", "number", "menge", "anzahl", "position", "pages"):
		return numberKind
	case has("amount", "total", "price", "subtotal", "sum", "cost", "fee", "balance", "betrag", "summe", "preis", "gesamtbetrag", "tax", "vat", "mwst", "net", "gross", "netto", "brutto", "salary", "discount", "revenue", "income", "profit"):
		return moneyKind
	}
	return numberKind
}

// taxNumber tells the number of a tax payer from an amount of tax.
func taxNumber(words []string) bool {
	vat := slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"vat", "ust", "ustid", "ustidnr", "tva", "btw", "uid"}, w)
	})
	amount := slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"amount", "total", "rate", "percent", "sum", "betrag"}, w)
	})
	return vat && !amount
}
