"""The words by which sellers call the sheets, columns and states of the spreadsheets they keep.

Compared by :func:`word_key`, so capitals, blanks, accents and signs make no difference. Of several columns that
could be one field the one whose name stands earlier here is meant.

Source: the column names of the inventory and order templates that Microsoft, Google and makers of templates offer,
the order exports of Etsy, eBay and Shopify, and the words that the same columns have in German, French, Spanish,
Italian and Dutch.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

SheetKind = Literal["orders", "inventory", "suppliers"]
"""What a sheet can be taken for."""

_IN_BRACKETS = re.compile(r"[(\[]\s*(?:[A-Z]{3}|[^\w\s]{1,3}|[A-Z]{1,2}\$)\s*[)\]]")
_SIGNS = {ord("#"): " no ", ord("№"): " no ", **dict.fromkeys(map(ord, "✓✔☑✅"), " yes "), ord("☐"): " no "}


@lru_cache(maxsize=4_096)
def word_key(text: str) -> str:
    """A name's letters and digits without capitals and accents.

    ``#`` is *no*, a tick is *yes*, a currency in brackets is nothing:
    ``Order #`` is ``orderno``, ``Unit Price (USD)`` is ``unitprice``, ``Stückzahl`` is ``stuckzahl``.
    """
    bare = _IN_BRACKETS.sub(" ", text).translate(_SIGNS)
    folded = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(sign for sign in folded if sign.isalnum())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word_key(word) for word in text.split("|"))


ORDER_WORDS: Mapping[str, tuple[str, ...]] = {
    "order_id": _words(
        "order id|order number|order no|order nr|order|sales record number|receipt number|order ref"
        "|order reference|invoice number|invoice no|invoice|sale id|transaction id|po number|id|no"
        "|Bestellnummer|Bestell-Nr|Bestellnr|Auftragsnummer|Auftrag|Bestellung|Rechnungsnummer|Rechnung|Nummer"
        "|Nr|numéro de commande|n° de commande|commande|número de pedido|pedido|numero ordine|ordine"
        "|bestelnummer|ordernummer"
    ),
    "order_line_id": _words("order line id|order item id|line id|Positionsnummer"),
    "channel": _words(
        "channel|sales channel|platform|marketplace|sold on|sold via|shop|store|source|Verkaufskanal|Kanal"
        "|Plattform|Marktplatz|canal|plateforme|plataforma|canale|kanaal"
    ),
    "ordered_at": _words(
        "ordered at|order date|date ordered|date of order|date placed|ordered|ordered on|purchase date"
        "|sale date|date of sale|date sold|sold date|sold on date|created at|transaction date|date|day"
        "|Bestelldatum|Auftragsdatum|Kaufdatum|Verkaufsdatum|bestellt am|Datum|date de commande|date de vente"
        "|fecha de pedido|fecha de venta|fecha|data ordine|data|besteldatum|orderdatum"
    ),
    "ship_by": _words(
        "ship by|ship by date|dispatch by|due date|due|deadline|Versand bis|versenden bis|fällig am|Fälligkeit"
        "|à expédier avant|fecha límite|spedire entro|verzenden voor"
    ),
    "deliver_by": _words(
        "deliver by|delivery due|expected delivery|expected delivery date|estimated delivery"
        "|estimated delivery date|Lieferung bis|Liefertermin|voraussichtliche Lieferung"
    ),
    "shipped_at": _words(
        "shipped at|date shipped|shipped on date|ship date|shipped date|shipping date|shipped on"
        "|dispatched on|date dispatched|dispatch date|sent on|date sent|shipped|dispatched|sent"
        "|Versanddatum|versandt am|versendet am|verschickt am|Versandt|versendet|verschickt"
        "|date d'expédition|expédié le|expédié|fecha de envío|enviado|data spedizione|spedito"
        "|verzenddatum|verzonden op|verzonden"
    ),
    "status": _words(
        "status|order status|fulfillment status|fulfilment status|shipping status|state|Bestellstatus"
        "|Auftragsstatus|Versandstatus|statut|estado|stato"
    ),
    "fulfillment": _words("fulfillment|fulfilled by|fulfillment channel|Versand durch"),
    "service_level": _words("service level"),
    "sku": _words(
        "sku|lineitem sku|item sku|product sku|custom label|item no|item number|item code|item id|product id"
        "|product no|product number|product code|part no|part number|article no|article number|Artikelnummer"
        "|Artikelnr|Artikel-Nr|Art.-Nr|Artnr|Produktnummer|référence|réf|referencia|codice|codice articolo"
        "|artikelcode"
    ),
    "name": _words(
        "name of product|product|product name|item|item name|product/service|lineitem name|item title|title"
        "|item description|product description|listing|description|article|Artikel|Artikelbezeichnung"
        "|Artikelname|Produkt|Produktname|Bezeichnung|Ware|produit|désignation|producto|artículo|prodotto"
        "|articolo|product naam"
    ),
    "quantity": _words(
        "quantity|qty|quantity ordered|qty ordered|order quantity|quantity sold|qty sold|units|units sold"
        "|lineitem quantity|number of items|count|pcs|pieces|amount ordered|Menge|Anzahl|Stückzahl|Stück"
        "|verkaufte Menge|quantité|qté|cantidad|quantità|aantal"
    ),
    "quantity_shipped": _words("quantity shipped|qty shipped|units shipped|versandte Menge"),
    "quantity_canceled": _words("quantity canceled|quantity cancelled|qty canceled|stornierte Menge"),
    "unit_price": _words(
        "unit price|price per unit|price each|each|item price each|unit selling price|lineitem price"
        "|selling price|sale price|sold price|sold for|price|Einzelpreis|Stückpreis|Preis pro Stück"
        "|Verkaufspreis|VK|Preis|prix unitaire|prix|precio unitario|precio|prezzo unitario|prezzo|stukprijs"
        "|prijs"
    ),
    "item_price": _words(
        "item price|item total|line total|total price|subtotal|item subtotal|order value|total|total amount"
        "|order total|amount|revenue|sales|net sales|gross sales|Gesamtpreis|Positionspreis|Warenwert"
        "|Zwischensumme|Gesamt|Gesamtbetrag|Summe|Betrag|Umsatz|montant|montant total|importe|importe total"
        "|totale|importo|totaal|bedrag"
    ),
    "shipping_price": _words(
        "shipping price|shipping charged|shipping paid by buyer|shipping paid by customer|shipping income"
        "|shipping revenue|postage charged|Versand berechnet|berechneter Versand"
    ),
    "currency": _words("currency|currency code|Währung|devise|moneda|valuta"),
    "customer_name": _words(
        "customer name|customer|buyer|buyer name|client|client name|full name|name|sold to|Kunde|Kundenname"
        "|Käufer|Käufername|client nom|acheteur|cliente|comprador|acquirente|klant|koper"
    ),
    "customer_email": _words("customer email|email|e-mail|buyer email|Kunden-E-Mail|correo"),
    "customer_phone": _words("customer phone|phone|telephone|phone number|Telefon|Telefonnummer|téléphone"),
    "note": _words("note|notes|comment|comments|remarks|Notiz|Notizen|Bemerkung|Bemerkungen|Kommentar|notas|note"),
    "ship_name": _words("ship name|ship to|ship to name|recipient|recipient name|Empfänger|destinataire"),
    "address_1": _words(
        "address 1|address|address line 1|ship address1|shipping address|delivery address|ship address|street"
        "|Adresse|Straße|Lieferadresse|Anschrift|adresse 1|dirección|indirizzo|adres"
    ),
    "address_2": _words("address 2|address line 2|ship address2|Adresszusatz|Adresse 2"),
    "address_3": _words("address 3|address line 3"),
    "city": _words("city|ship city|town|Stadt|Ort|ville|ciudad|città|plaats"),
    "state": _words("ship state|state/province|province|region|Bundesland"),
    "postal_code": _words(
        "postal code|postcode|zip|zip code|ship zipcode|ship zip|PLZ|Postleitzahl|code postal|código postal|CAP"
    ),
    "country": _words("country|ship country|Land|pays|país|paese"),
    "gift_message": _words("gift message|Geschenknachricht"),
    "customization": _words("customization|personalization|personalisation|engraving|Personalisierung|Gravur"),
    "tags": _words("tags|tag|labels"),
}
"""Of a row of orders: ordercli's field, what it is called."""

INVENTORY_WORDS: Mapping[str, tuple[str, ...]] = {
    "sku": _words(
        "sku|sku number|item sku|product sku|custom label|item no|item number|item code|item id|inventory id"
        "|product id|product no|product number|product code|part no|part number|article no|article number"
        "|stock code|id|no|code|Artikelnummer|Artikelnr|Artikel-Nr|Art.-Nr|Artnr|Produktnummer|Nr|Nummer"
        "|référence|réf|referencia|codice|codice articolo|artikelcode"
    ),
    "name": _words(
        "name|item name|product name|product|item|title|item title|item description|product description|article"
        "|description|Artikel|Artikelbezeichnung|Artikelname|Produkt|Produktname|Bezeichnung|Beschreibung|Ware"
        "|produit|désignation|nom|producto|nombre|artículo|descripción|prodotto|nome|articolo|descrizione|naam"
        "|omschrijving"
    ),
    "quantity": _words(
        "quantity on hand|on hand|qty on hand|current stock|current stock quantity|current quantity"
        "|stock on hand|quantity in stock|qty in stock|in stock|stock level|current inventory|stock quantity"
        "|quantity|qty|stock|units|count|inventory|ending inventory|closing stock|opening stock|Bestand"
        "|aktueller Bestand|Lagerbestand|Istbestand|auf Lager|Menge|Anzahl|Stückzahl|Stück|stock actuel"
        "|quantité en stock|quantité|existencias|cantidad|giacenza|quantità|voorraad|aantal"
    ),
    "unit_cost": _words(
        "unit cost|cost per unit|cost per item|cost each|cost price|purchase price|buying price|buy price"
        "|item cost|cost|cogs|wholesale price|Stückkosten|Einkaufspreis|EK|EK-Preis|Einstandspreis|Kosten"
        "|prix d'achat|coût unitaire|coût|precio de compra|coste unitario|costo unitario|coste|costo"
        "|prezzo d'acquisto|inkoopprijs|kostprijs"
    ),
    "unit_price": _words(
        "unit price|selling price|unit selling price|sale price|sales price|retail price|list price|price|rrp"
        "|msrp|Verkaufspreis|VK|VK-Preis|Preis|Einzelpreis|prix de vente|prix|precio de venta|precio"
        "|prezzo di vendita|prezzo|verkoopprijs|prijs"
    ),
    "reorder_point": _words(
        "reorder point|reorder level|re-order level|reorder at|low stock level|minimum stock|min stock"
        "|minimum stock level|minimum quantity|min qty|minimum threshold|low stock threshold|minimum|min"
        "|Meldebestand|Mindestbestand|Nachbestellen ab|seuil de réapprovisionnement|stock minimum"
        "|punto de pedido|stock mínimo|punto di riordino|scorta minima|bestelniveau|minimumvoorraad"
    ),
    "supplier": _words(
        "supplier|supplier name|vendor|vendor name|preferred vendor|Lieferant|Lieferantenname|fournisseur"
        "|proveedor|fornitore|leverancier"
    ),
    "lead_time_days": _words(
        "lead time days|lead time in days|lead time|reorder time in days|days per reorder|delivery time days"
        "|Lieferzeit Tage|Lieferzeit in Tagen|Lieferzeit|Wiederbeschaffungszeit|délai de livraison"
        "|plazo de entrega|levertijd"
    ),
    "cover_days": _words("cover days|days of cover"),
    "bin": _words(
        "bin|shelf|storage location|location|warehouse location|bin location|Lagerplatz|Lagerort|Fach|Regal"
        "|emplacement|ubicación|ubicazione|locatie"
    ),
    "barcode": _words("barcode|upc|ean|gtin|isbn|Strichcode|code-barres|código de barras"),
    "asin": _words("asin|amazon asin"),
    "weight_grams": _words("weight grams|weight in grams|weight g|grams|Gewicht g|Gewicht in g|Gewicht Gramm"),
    "case_pack": _words("case pack|units per case|case quantity|VPE|Verpackungseinheit"),
    "retired_on": _words("retired on|discontinued on"),
    "service_level": _words("service level"),
    "packaging": _words("packaging|Verpackung"),
    "packaging_cost": _words("packaging cost|Verpackungskosten"),
}
"""Of a row of products: the columns of a catalog, and ``quantity``, the units on hand."""

SUPPLIER_WORDS: Mapping[str, tuple[str, ...]] = {
    "supplier": _words(
        "supplier|supplier name|vendor|vendor name|company|company name|name|Lieferant|Lieferantenname|Firma"
        "|fournisseur|proveedor|fornitore|leverancier"
    ),
    "currency": _words("currency|Währung|devise|moneda|valuta"),
    "lead_time_days": _words(
        "lead time days|lead time in days|lead time|delivery time days|Lieferzeit Tage|Lieferzeit in Tagen"
        "|Lieferzeit|délai de livraison|plazo de entrega|levertijd"
    ),
    "minimum": _words(
        "minimum|minimum order|minimum order value|min order|Mindestbestellwert|minimum de commande|pedido mínimo"
    ),
    "minimum_units": _words("minimum units|minimum order quantity|moq|Mindestbestellmenge"),
    "email": _words("email|e-mail|email address|contact email|correo"),
    "address": _words("address|postal address|Adresse|Anschrift|dirección|indirizzo|adres"),
    "payment_terms": _words("payment terms|terms|Zahlungsbedingungen|Zahlungsziel|conditions de paiement"),
    "note": _words("note|notes|comment|comments|Notiz|Notizen|Bemerkung|Bemerkungen"),
}
"""Of a row of suppliers."""

COLUMN_WORDS: Mapping[SheetKind, Mapping[str, tuple[str, ...]]] = {
    "orders": ORDER_WORDS,
    "inventory": INVENTORY_WORDS,
    "suppliers": SUPPLIER_WORDS,
}

SHEET_WORDS: Mapping[str, SheetKind] = {
    **dict.fromkeys(
        _words(
            "orders|order tracker|order tracking|order log|orders master|sales|sales log|sold|Bestellungen"
            "|Aufträge|Verkäufe|Auftragsliste|commandes|ventes|pedidos|ventas|ordini|vendite|bestellingen"
            "|verkopen"
        ),
        "orders",
    ),
    **dict.fromkeys(
        _words(
            "inventory|inventory list|stock|stock list|products|product list|catalogue|catalog|Bestand"
            "|Lagerbestand|Lager|Artikel|Artikelliste|Produkte|inventaire|produits|inventario|productos"
            "|prodotti|magazzino|voorraad|producten"
        ),
        "inventory",
    ),
    **dict.fromkeys(
        _words(
            "suppliers|vendors|supplier list|Lieferanten|Lieferantenliste|fournisseurs|proveedores|fornitori"
            "|leveranciers"
        ),
        "suppliers",
    ),
}
"""Names of sheets that say what is on them."""

OTHER_SHEETS: Mapping[str, str] = {
    **dict.fromkeys(
        _words("purchases|purchase orders|purchasing|restock|Einkauf|Einkäufe|achats|compras|acquisti|inkoop"),
        "purchases; what is still to come is entered with: ordercli purchase draft --csv",
    ),
    **dict.fromkeys(
        _words(
            "returns|refunds|return log|Retouren|Rücksendungen|Erstattungen|retours|devoluciones|resi|retouren"
        ),
        "returns; they are read by: ordercli return import",
    ),
    **dict.fromkeys(
        _words("customers|customer list|clients|Kunden|Kundenliste|clientes|clienti|klanten"),
        "customers, who are kept with their orders",
    ),
    **dict.fromkeys(
        _words("expenses|costs|overheads|Ausgaben|Kosten|dépenses|gastos|spese|uitgaven"),
        "expenses, which are not kept here",
    ),
    **dict.fromkeys(
        _words("dashboard|summary|overview|reports|report|analysis|Übersicht|Zusammenfassung|Auswertung|resumen"),
        "figures that are computed from the other sheets",
    ),
    **dict.fromkeys(
        _words("lists|settings|setup|instructions|readme|read me|help|Listen|Einstellungen|Anleitung|Hilfe"),
        "settings of the spreadsheet",
    ),
}
"""Names of sheets that are known and not taken, and what they hold."""

_COMPUTED = "computed here"
NOT_TAKEN: Mapping[str, str] = {
    **dict.fromkeys(
        _words(
            "total cost|inventory value|stock value|value|total value|profit|net profit|margin|profit margin"
            "|days late|days to ship|reorder|low stock|suggested quantity|quantity in reorder|reorder quantity"
            "|sold|units sold|received|Lagerwert|Warenwert Lager|Gesamtwert|Gewinn|Marge|Verzug"
        ),
        _COMPUTED,
    ),
    **dict.fromkeys(
        _words(
            "tracking|tracking no|tracking number|tracking id|carrier|courier|shipping method|shipping carrier"
            "|Sendungsnummer|Trackingnummer|Versanddienst|Versanddienstleister|Paketdienst|transporteur"
            "|numéro de suivi"
        ),
        "past shipments are kept without it",
    ),
    **dict.fromkeys(
        _words(
            "shipping|order shipping|shipping and handling|shipping cost|shipping costs|postage|postage cost"
            "|delivery|Versand|Versandkosten|Porto"
        ),
        "what you paid, or what the buyer paid? if the buyer: map it to shipping_price",
    ),
    **dict.fromkeys(
        _words("tax|order sales tax|sales tax|vat|taxes|MwSt|USt|Steuer|Mehrwertsteuer|TVA|IVA|BTW"),
        "in the price, or beside it? if an amount beside it: map it to item_tax",
    ),
    **dict.fromkeys(
        _words("discount|discounts|discount amount|coupon|Rabatt|remise|descuento|sconto|korting"),
        "an amount, or a part? if an amount off the line: map it to discount",
    ),
    **dict.fromkeys(
        _words("fees|amazon fees|etsy fees|fee|platform fee|commission|Gebühren|Provision|frais|comisión"),
        "told by the channel's settlements",
    ),
    **dict.fromkeys(
        _words("weight|Gewicht|poids|peso|gewicht"),
        "in which unit? if grams: map it to weight_grams",
    ),
}
"""Names of columns that are known and not taken by themselves, and why."""

TOTAL_WORDS = frozenset(
    _words(
        "total|totals|grand total|sum|subtotal|total records|total items|average|Summe|Gesamt|Gesamtsumme"
        "|Zwischensumme|Durchschnitt|total général|totale|totaal|suma"
    )
)
"""What stands beside the sums below a table."""

STATUS_WORDS: Mapping[str, str] = {
    **dict.fromkeys(_words("pending payment|awaiting payment|unpaid|unbezahlt|Zahlung ausstehend"), "pending"),
    **dict.fromkeys(
        _words(
            "unshipped|new|open|pending|processing|in process|in progress|in production|to do|to ship"
            "|ready to ship|awaiting shipment|awaiting fulfillment|not shipped|unfulfilled|paid|packed"
            "|backordered|backorder|neu|offen|in Bearbeitung|bezahlt|zu versenden|verpackt|nicht versandt"
            "|en cours|payé|à expédier|nouveau|pendiente|pagado|nuevo|in lavorazione|da spedire|pagato|nuovo"
            "|te verzenden|betaald|nieuw|no|nein|false|n"
        ),
        "unshipped",
    ),
    **dict.fromkeys(_words("partially shipped|part shipped|teilweise versandt|teilversandt"), "partially_shipped"),
    **dict.fromkeys(
        _words(
            "shipped|delivered|sent|dispatched|in transit|out for delivery|complete|completed|done|fulfilled"
            "|closed|picked up|versandt|versendet|verschickt|geliefert|zugestellt|abgeschlossen|erledigt"
            "|unterwegs|expédié|livré|terminé|enviado|entregado|completado|spedito|consegnato|completato"
            "|verzonden|geleverd|bezorgd|afgerond|yes|ja|oui|sí|si|true|y|x"
        ),
        "shipped",
    ),
    **dict.fromkeys(
        _words(
            "canceled|cancelled|cancel|void|voided|storniert|Storno|abgebrochen|annulliert|annulé|cancelado"
            "|anulado|annullato|geannuleerd"
        ),
        "canceled",
    ),
}
"""What a word of status means, as a word of the maps (``formats/orders/mapped.py``).

*Returned* and *refunded* are none: what left and came back is another thing than what never left.
"""

TICKS: Mapping[str, str] = {
    word: STATUS_WORDS[word] for word in _words("yes|ja|oui|sí|si|true|y|x|no|nein|false|n")
}
"""What stands in a column that only says whether something was done."""
