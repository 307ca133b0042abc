package op

// documentType is a common kind of document: what people call it, and words
// that stand on it and on few others. Words are in lower case; the signs are
// in English and German.
type documentType struct {
	names  []string
	strong []string // mostly seen on this kind alone
	weak   []string
	// formats are those of files that are of this kind, whatever stands in
	// them.
	formats []string
	// aspect is something that documents of any kind may have: it is known when
	// a category names it, and speaks against none.
	aspect bool
}

// lexicon lists the types in an order that decides nothing.
var lexicon = []documentType{
	{
		names:  []string{"invoice", "bill", "tax invoice", "rechnung", "faktura", "facture", "factuur", "factura", "fattura"},
		strong: []string{"invoice", "invoice number", "invoice no", "invoice date", "tax invoice", "bill to", "billed to", "amount due", "payment due", "remit to", "rechnung", "rechnungsnummer", "rechnungsnr", "rechnungsdatum", "rechnungsbetrag", "leistungszeitraum", "zahlbar", "zahlungsziel", "facture", "date de facturation", "factuur", "factuurnummer", "factuurdatum", "factura", "número de factura", "fecha de factura", "fattura", "data fattura", "base imponible", "imponibile", "total ttc", "net à payer"},
		weak:   []string{"subtotal", "vat", "unit price", "quantity", "due date", "total", "mwst", "ust", "umsatzsteuer", "netto", "brutto", "einzelpreis", "menge", "iban", "payment terms", "zwischensumme"},
	},
	{
		names:  []string{"receipt", "sales receipt", "cash receipt", "till receipt", "quittung", "kassenbon", "beleg", "kassenzettel", "ticket de caisse", "reçu", "recibo", "scontrino", "kassabon"},
		strong: []string{"receipt", "cashier", "change due", "cash tendered", "thank you for shopping", "till", "quittung", "kassenbon", "kasse", "bar gegeben", "rückgeld", "kundenbeleg", "bon nr", "tse signatur", "ticket de caisse", "rendu monnaie", "recibo", "scontrino", "kassabon"},
		weak:   []string{"cash", "card", "visa", "mastercard", "terminal", "subtotal", "tip", "store", "bar", "ec karte", "betrag erhalten", "summe", "filiale"},
	},
	{
		names:  []string{"contract", "agreement", "service agreement", "terms and conditions", "nda", "vertrag", "vereinbarung", "arbeitsvertrag", "mietvertrag", "lease", "rental agreement", "employment contract", "contrat", "contrato", "contratto", "overeenkomst"},
		strong: []string{"agreement", "contract", "hereinafter", "hereby", "whereas", "the parties", "party", "governing law", "in witness whereof", "confidentiality", "termination", "indemnify", "vertrag", "vertragspartner", "vereinbarung", "gerichtsstand", "kündigung", "vertragsdauer", "salvatorische klausel", "auftragnehmer", "auftraggeber", "mieter", "vermieter", "arbeitnehmer", "arbeitgeber", "contrat", "ci après", "bailleur", "locataire", "résiliation", "contrato", "las partes", "arrendador", "cláusula", "contratto", "le parti", "overeenkomst", "partijen"},
		weak:   []string{"shall", "clause", "obligation", "liability", "effective date", "signature", "paragraph", "haftung", "unterschrift", "laufzeit", "wirksam"},
	},
	{
		names:  []string{"letter", "cover letter", "correspondence", "business letter", "brief", "anschreiben", "schreiben"},
		strong: []string{"dear sir", "dear madam", "dear", "sincerely", "yours sincerely", "kind regards", "best regards", "yours faithfully", "sehr geehrte", "sehr geehrter", "mit freundlichen grüßen", "freundliche grüße", "hochachtungsvoll", "betreff"},
		weak:   []string{"regards", "enclosure", "ref", "subject", "liebe", "lieber", "anlage", "ihr schreiben", "writing"},
	},
	{
		names:  []string{"resume", "résumé", "cv", "curriculum vitae", "lebenslauf", "bewerbung", "currículum", "hoja de vida"},
		strong: []string{"curriculum vitae", "resume", "work experience", "professional experience", "education", "lebenslauf", "berufserfahrung", "ausbildung", "schulbildung", "kenntnisse", "berufliche laufbahn", "expérience professionnelle", "formation", "compétences", "experiencia laboral", "formación académica", "esperienze lavorative", "werkervaring"},
		weak:   []string{"skill", "university", "bachelor", "master", "language", "reference", "employment", "linkedin", "hobby", "studium", "praktikum", "abitur", "geburtsdatum", "sprachkenntnisse", "universität"},
	},
	{
		names:  []string{"report", "annual report", "financial report", "business report", "study report", "bericht", "geschäftsbericht", "jahresbericht", "gutachten", "rapport", "informe"},
		strong: []string{"report", "executive summary", "annual report", "finding", "key finding", "recommendation", "key figure", "bericht", "zusammenfassung", "jahresbericht", "geschäftsjahr", "lagebericht", "gutachten", "quarter", "fiscal year", "respondent", "evaluation", "statistics"},
		weak: []string{
			"table of content", "appendix", "annex", "chapter", "overview", "conclusion", "revenue", "growth", "inhaltsverzeichnis", "anhang", "umsatz", "ergebnis", "analysis", "outlook",
			"figure", "table", "source", "survey", "participant", "percentage", "average", "sector", "market", "policy", "programme", "assessment", "indicator", "trend", "share", "comparison", "methodology",
			"abbildung", "tabelle", "quelle", "umfrage", "durchschnitt", "anteil", "vorjahr", "entwicklung",
		},
	},
	{
		names:  []string{"bank statement", "account statement", "statement", "statement of account", "kontoauszug", "auszug", "kreditkartenabrechnung"},
		strong: []string{"bank statement", "account statement", "statement period", "opening balance", "closing balance", "account number", "sort code", "withdrawal", "deposit", "kontoauszug", "kontostand", "alter kontostand", "neuer kontostand", "buchungstag", "wertstellung", "valuta", "verwendungszweck", "beginning balance", "ending balance"},
		weak:   []string{"balance", "debit", "credit", "transaction", "iban", "bic", "saldo", "soll", "haben", "lastschrift", "gutschrift", "überweisung", "bank"},
	},
	{
		names:  []string{"purchase order", "order", "po", "bestellung", "auftrag", "einkaufsbestellung"},
		strong: []string{"purchase order", "po number", "p o number", "order number", "order date", "vendor", "ship to", "buyer", "bestellung", "bestellnummer", "bestelldatum", "lieferant", "liefertermin", "lieferanschrift", "we order"},
		weak:   []string{"quantity", "unit price", "delivery date", "item", "supplier", "menge", "einzelpreis", "artikel", "requisition"},
	},
	{
		names:  []string{"order confirmation", "auftragsbestätigung"},
		strong: []string{"order confirmation", "we confirm your order", "auftragsbestätigung", "auftragsnummer", "thank you for your order", "vielen dank für ihre bestellung"},
		weak:   []string{"delivery date", "liefertermin", "order number", "bestätigen"},
	},
	{
		names:  []string{"delivery note", "packing slip", "packing list", "shipping document", "bill of lading", "waybill", "lieferschein", "frachtbrief"},
		strong: []string{"delivery note", "packing slip", "packing list", "bill of lading", "waybill", "consignee", "shipper", "carrier", "tracking number", "lieferschein", "lieferscheinnummer", "lieferdatum", "frachtbrief", "warenempfänger", "versandart", "ware erhalten"},
		weak:   []string{"shipped", "package", "weight", "freight", "delivery", "gewicht", "versand", "empfänger", "paket", "received by"},
	},
	{
		names:  []string{"quote", "quotation", "offer", "estimate", "proposal", "angebot", "kostenvoranschlag"},
		strong: []string{"quotation", "quote", "estimate", "valid until", "proposal", "we are pleased to offer", "angebot", "angebotsnummer", "angebotsdatum", "kostenvoranschlag", "freibleibend", "bindefrist", "gültig bis"},
		weak:   []string{"offer", "price", "scope of work", "validity", "unverbindlich", "preis", "leistungsumfang"},
	},
	{
		names:  []string{"form", "application form", "application", "questionnaire", "formular", "antrag", "fragebogen"},
		strong: []string{"application form", "please complete", "please print", "fill in", "fill out", "check one", "for office use only", "applicant", "formular", "antrag", "antragsteller", "bitte ausfüllen", "zutreffendes ankreuzen", "in druckschrift", "fragebogen"},
		weak:   []string{"first name", "last name", "date of birth", "signature", "yes", "no", "vorname", "nachname", "geburtsdatum", "ja", "nein", "unterschrift", "mandatory"},
	},
	{
		names:  []string{"scientific paper", "research paper", "paper", "academic paper", "journal article", "article", "publication", "study", "fachartikel", "wissenschaftlicher artikel", "thesis", "dissertation"},
		strong: []string{"abstract", "related work", "et al", "doi", "arxiv", "keyword", "acknowledgement", "we propose", "we present", "in this paper", "corresponding author", "journal of", "proceeding", "state of the art", "ablation", "literaturverzeichnis", "stand der forschung"},
		weak:   []string{"introduction", "method", "experiment", "reference", "hypothesis", "dataset", "university", "equation", "theorem", "lemma", "proof", "model", "section", "baseline", "outperform", "figure", "table", "accuracy", "benchmark", "parameter", "sample", "methode", "ergebnisse"},
	},
	{
		names:  []string{"payslip", "pay slip", "pay stub", "payroll", "salary statement", "lohnabrechnung", "gehaltsabrechnung", "entgeltabrechnung"},
		strong: []string{"payslip", "pay slip", "pay period", "net pay", "gross pay", "year to date", "earning", "deduction", "gehaltsabrechnung", "lohnabrechnung", "entgeltabrechnung", "steuerklasse", "auszahlungsbetrag", "sozialversicherung", "gesamtbrutto", "kirchensteuer"},
		weak:   []string{"salary", "employee", "tax", "employer", "lohnsteuer", "personalnummer", "brutto", "netto", "krankenversicherung"},
	},
	{
		names:  []string{"tax form", "tax return", "tax document", "w2", "1099", "steuerbescheid", "steuererklärung"},
		strong: []string{"tax return", "internal revenue service", "irs", "taxpayer", "form 1040", "w 2", "wages tips", "withholding", "steuerbescheid", "einkommensteuer", "finanzamt", "steuererklärung", "festsetzung", "steuernummer", "veranlagung"},
		weak:   []string{"tax year", "income", "deduction", "refund", "steuer", "einkünfte", "bescheid", "erstattung"},
	},
	{
		names:  []string{"insurance", "insurance policy", "insurance claim", "policy", "claim", "versicherung", "versicherungsschein", "police", "schadensmeldung"},
		strong: []string{"insurance", "policy number", "policyholder", "insured", "premium", "coverage", "claim number", "deductible", "versicherung", "versicherungsschein", "versicherungsnummer", "versicherungsnehmer", "schadennummer", "selbstbeteiligung", "versicherungsbeitrag"},
		weak:   []string{"claim", "loss", "beneficiary", "liability", "schaden", "beitrag", "police", "tarif"},
	},
	{
		names:  []string{"identity document", "id card", "passport", "identity card", "driver license", "driving licence", "ausweis", "reisepass", "personalausweis", "führerschein"},
		strong: []string{"passport", "identity card", "driver license", "driving licence", "nationality", "date of birth", "place of birth", "date of expiry", "issuing authority", "reisepass", "personalausweis", "führerschein", "staatsangehörigkeit", "geburtsort", "ausstellende behörde"},
		weak:   []string{"surname", "given name", "sex", "height", "eye colour", "republic", "gültig bis", "bundesrepublik"},
	},
	{
		names:  []string{"medical record", "medical report", "prescription", "lab report", "health record", "arztbrief", "befund", "rezept", "laborbericht"},
		strong: []string{"patient", "diagnosis", "prescription", "medication", "physician", "dosage", "blood pressure", "diagnose", "arztbrief", "befund", "anamnese", "patientin", "therapie", "rezept", "laborwerte", "reference range"},
		weak:   []string{"hospital", "clinic", "treatment", "symptom", "test result", "doctor", "dr med", "klinik", "krankenhaus", "behandlung", "medical"},
	},
	{
		names:   []string{"presentation", "slide", "slide deck", "präsentation", "folien"},
		strong:  []string{"agenda", "slide", "thank you for your attention", "vielen dank für ihre aufmerksamkeit", "folie", "q a"},
		weak:    []string{"overview", "roadmap", "vision", "next step", "team", "nächste schritte", "ziele"},
		formats: []string{"pptx"},
	},
	{
		names:  []string{"manual", "user manual", "user guide", "instruction", "handbook", "handbuch", "bedienungsanleitung", "anleitung"},
		strong: []string{"user manual", "user guide", "instruction manual", "installation", "troubleshooting", "safety instruction", "warning", "caution", "bedienungsanleitung", "handbuch", "sicherheitshinweis", "fehlerbehebung", "inbetriebnahme", "warnung"},
		weak:   []string{"step", "press", "button", "setting", "chapter", "connect", "taste", "kapitel", "drücken", "einstellung"},
	},
	{
		names:   []string{"spreadsheet", "workbook", "data table", "excel", "csv", "tabelle", "tabellenkalkulation", "arbeitsmappe"},
		strong:  []string{"sheet1", "tabelle1", "pivot"},
		weak:    []string{"row", "column", "cell", "spalte", "zeile"},
		formats: []string{"xlsx", "csv"},
	},
	{
		names:   []string{"email", "e mail", "mail", "message"},
		strong:  []string{"forwarded message", "original message", "sent from my", "ursprüngliche nachricht", "gesendet", "cc", "bcc"},
		weak:    []string{"from", "subject", "wrote", "von", "an", "betreff", "schrieb", "attachment"},
		formats: []string{"eml"},
	},
	{
		names:  []string{"minutes", "meeting minutes", "protocol", "protokoll", "sitzungsprotokoll"},
		strong: []string{"minute", "meeting minute", "attendee", "action item", "present", "apologies", "protokoll", "teilnehmer", "tagesordnung", "tagesordnungspunkt", "sitzung", "beschluss", "protokollführer"},
		weak:   []string{"meeting", "agenda", "discussion", "chair", "resolved", "besprechung", "abstimmung", "vorsitz"},
	},
	{
		names:  []string{"certificate", "diploma", "zertifikat", "zeugnis", "urkunde", "bescheinigung"},
		strong: []string{"certificate", "certify", "this is to certify", "awarded", "diploma", "zertifikat", "bescheinigung", "urkunde", "zeugnis", "hiermit bescheinigen", "wird bescheinigt"},
		weak:   []string{"completed", "successfully", "issued", "accredited", "bestanden", "erfolgreich", "note", "ausgestellt"},
	},
	{
		names:  []string{"credit note", "gutschrift", "stornorechnung"},
		strong: []string{"credit note", "credit memo", "gutschrift", "stornorechnung", "korrekturrechnung", "credited"},
		weak:   []string{"refund", "original invoice", "storno", "erstattung"},
	},
	{
		names:  []string{"reminder", "dunning letter", "payment reminder", "mahnung", "zahlungserinnerung"},
		strong: []string{"payment reminder", "overdue", "past due", "final notice", "mahnung", "zahlungserinnerung", "mahngebühr", "verzug", "überfällig", "letzte mahnung"},
		weak:   []string{"outstanding", "reminder", "collection", "offene posten", "verzugszinsen", "fällig"},
	},
	{
		names:  []string{"signature block", "signature", "signed", "signature page", "unterschrift", "unterschriftenfeld", "firma", "assinatura"},
		strong: []string{"signature", "signed by", "in witness whereof", "authorized signatory", "authorised signatory", "signed and delivered", "place and date", "unterschrift", "ort und datum", "ort datum", "lu et approuvé", "fait à", "handtekening"},
		weak:   []string{"sign", "name", "title", "date", "witness"},
		aspect: true,
	},
	{
		names:  []string{"bank detail", "payment detail", "account detail", "payment information", "bankverbindung", "zahlungsinformation"},
		strong: []string{"iban", "bic", "swift", "account number", "sort code", "routing number", "bank detail", "payment detail", "bankverbindung", "kontonummer", "blz"},
		weak:   []string{"bank", "account", "payment", "transfer", "konto"},
		aspect: true,
	},
	{
		names:  []string{"table of content", "inhaltsverzeichnis", "table des matières"},
		strong: []string{"table of content", "content", "inhaltsverzeichnis", "inhalt", "table des matières", "sommaire", "índice"},
		weak:   []string{"chapter", "section", "appendix", "kapitel"},
		aspect: true,
	},
}

// anythingElse are names of a category for what fits no other.
var anythingElse = []string{"other", "others", "unknown", "misc", "miscellaneous", "none", "none of the above", "rest", "uncategorized", "unclassified", "everything else", "anything else", "sonstige", "sonstiges", "andere", "anderes", "unbekannt", "verschiedenes"}
