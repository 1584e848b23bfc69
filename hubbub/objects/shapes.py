"""API bodies of the metadata: Salesforce's describe."""

from collections.abc import Callable
from typing import Any, Protocol

from hubbub.core.ids import PREFIX
from hubbub.objects.access import Catalog, Field, Object

MASTER_RECORD_TYPE = "012000000000000AAA"


class Rights(Protocol):
    """What somebody may do with records of an object."""

    @property
    def create(self) -> bool: ...
    @property
    def edit(self) -> bool: ...
    @property
    def delete(self) -> bool: ...


def summary(object: Object, rights: Rights, base: str, *, fed: bool = True) -> dict[str, Any]:
    """An object in the list of objects; `base` begins the addresses, `fed` says whether feeds tell of its records."""
    url = f"{base}/sobjects/{object.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": rights.create,
        "custom": object.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": rights.delete,
        "deprecatedAndHidden": False,
        "feedEnabled": fed,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": PREFIX.get(object.code),
        "label": object.label,
        "labelPlural": object.plural,
        "layoutable": True,
        "mergeable": False,
        "mruEnabled": True,
        "name": object.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "triggerable": False,
        "undeletable": False,
        "updateable": rights.edit,
        "urls": {"sobject": url, "describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}"},
    }


def describe(
    object: Object,
    rights: Rights,
    fields: tuple[Field, ...],
    editable: Callable[[Field], bool],
    catalog: Catalog,
    base: str,
    *,
    fed: bool = True,
) -> dict[str, Any]:
    """All about an object, with the fields that the asker may read."""
    whole = summary(object, rights, base, fed=fed)
    url = whole["urls"]["sobject"]
    return whole | {
        "actionOverrides": [],
        "childRelationships": [
            child(below.name, field.name, field.children)
            for below, field in catalog.references_to(object.name)
        ],
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [_field(field, object, rights, editable(field)) for field in fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [
            {
                "active": True,
                "available": True,
                "defaultRecordTypeMapping": True,
                "developerName": "Master",
                "master": True,
                "name": "Master",
                "recordTypeId": MASTER_RECORD_TYPE,
                "urls": {"layout": f"{url}/describe/layouts/{MASTER_RECORD_TYPE}"},
            }
        ],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {object.plural.lower()}", "name": "everything"},
            *([{"label": f"My {object.plural.lower()}", "name": "mine"}] if object.owned else []),
        ],
        "urls": whole["urls"]
        | {
            "uiDetailTemplate": "/r/{ID}",
            "uiEditTemplate": "/r/{ID}/edit",
            "uiNewRecord": f"/o/{object.name}/new",
        },
    }


def child(name: str, field: str, relationship: str | None) -> dict[str, Any]:
    """What stands below an object's records: which object, by which field of it, and by which relationship it is read."""
    return {
        "cascadeDelete": False,
        "childSObject": name,
        "deprecatedAndHidden": False,
        "field": field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": relationship,
        "restrictedDelete": False,
    }


_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
}


def _field(field: Field, object: Object, rights: Rights, editable: bool) -> dict[str, Any]:
    long = field.type == "textarea" and field.length > 255
    length = 18 if field.type in ("id", "reference") else field.length if field.is_text else 0
    fractional = field.type in ("double", "currency", "percent")
    return {
        "aggregatable": not long,
        "aiPredictionField": False,
        "autoNumber": field.auto,
        "byteLength": length * 3 if field.is_text else length,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": object.name_field.name if field.name in object.named_by else None,
        "controllerName": None,
        "createable": rights.create and editable,
        "custom": field.custom,
        "defaultValue": False if field.type == "boolean" else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": (field.system and not field.computed) or field.auto or field.type == "boolean",
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.precision if field.type == "int" else 0,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": "plaintextarea" if long else None,
        "filterable": not long,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": not long and field.type not in ("currency", "double", "percent", "datetime"),
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help,
        "label": field.label,
        "length": length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.column == "name",
        "namePointing": field.polymorphic or field.column == "owner_id",
        "nillable": field.computed or not (field.required or field.system or field.type == "boolean"),
        "permissionable": field.permissionable,
        "picklistValues": [
            {
                "active": True,
                "defaultValue": choice.default,
                "label": choice.label or choice.value,
                "validFor": None,
                "value": choice.value,
            }
            for choice in field.choices
        ],
        "polymorphicForeignKey": field.polymorphic or field.column == "owner_id",
        "precision": field.precision if fractional else 0,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": ["Group", "User"] if field.column == "owner_id" else list(field.to),
        "relationshipName": field.relation,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": field.scale if fractional else 0,
        "searchPrefilterable": field.type == "reference",
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": not long,
        "type": field.type,
        "unique": field.unique,
        "updateable": rights.edit and editable,
        "writeRequiresMasterRead": False,
    }
