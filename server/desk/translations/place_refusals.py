"""English translations of the errors and notes of server.core.geography and desk.areas; used by refusals."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    (
        "Không hiểu mã «{}». Mã viết như VN-66 (tỉnh, theo ISO 3166-2) hoặc 12274 (xã, năm chữ số); "
        "mã của danh mục khác viết kèm tên danh mục, như EMMA_ID:VN066."
    ): (
        "The code “{}” was not understood. Codes are written like VN-66 (province, ISO 3166-2) or 12274 (commune, "
        "five digits); a code of another list has the name of the list before it, like EMMA_ID:VN066."
    ),
    "Nhiều nhất {} mã.": "At most {} codes.",
    (
        "Không hiểu vị trí này. Hãy viết vĩ độ rồi kinh độ, như 20,6464 106,0511, hoặc dán liên kết của Google Maps "
        "hay OpenStreetMap có tọa độ."
    ): (
        "This place was not understood. Write latitude, then longitude, as in 20.6464 106.0511, or paste a link of "
        "Google Maps or OpenStreetMap with coordinates."
    ),
    "Vĩ độ {} nằm ngoài khoảng từ -90 đến 90: vĩ độ đứng trước, kinh độ đứng sau.": (
        "The latitude {} lies outside -90 to 90: the latitude comes first, then the longitude."
    ),
    "Vĩ độ {} nằm ngoài khoảng từ -90 đến 90.": "The latitude {} lies outside -90 to 90.",
    "Kinh độ {} nằm ngoài khoảng từ -180 đến 180.": "The longitude {} lies outside -180 to 180.",
    "Liên kết rút gọn không mang tọa độ. Hãy mở nó trong trình duyệt, rồi chép địa chỉ đầy đủ hoặc tọa độ.": (
        "A short link does not contain coordinates. Open it in a browser, then copy the whole address or the "
        "coordinates."
    ),
    "Liên kết này không mang tọa độ. Hãy mở nó, rồi chép tọa độ của nơi ấy.": (
        "This link does not contain coordinates. Open it, then copy those of the place."
    ),
    "Đường bao quá rối: nhiều cạnh nằm sát hoặc chồng lên nhau.": (
        "The outline is too tangled: many sides lie close together or on each other."
    ),
    "Đường bao có quá {} điểm. Hãy giản lược nó bằng phần mềm bản đồ rồi gửi lại.": (
        "The outline has more than {} points. Simplify it with a map program and send it again."
    ),
    "Vòng {} của đường bao không bao quanh gì: cần ít nhất {} điểm khác nhau.": (
        "Ring {} of the outline encloses nothing: at least {} different points are needed."
    ),
    "Vòng {} của đường bao tự cắt ở gần {}. Hãy sửa chỗ ấy rồi gửi lại.": (
        "Ring {} of the outline crosses itself near {}. Mend that place and send it again."
    ),
    "Đường bao không có vòng nào.": "The outline has no ring.",
    "Vòng {} chưa khép kín, đã nối điểm cuối với điểm đầu.": (
        "Ring {} was not closed; its last point was joined to the first."
    ),
    "Vòng {} tự chạm, đã tách thành {} vòng.": "Ring {} touches itself and was parted into {} rings.",
    "Tệp đường bao có chỗ không đúng dạng GeoJSON.": "The file of the outline is not GeoJSON in some place.",
    "Tệp đường bao lớn quá {} MB.": "The file of the outline is larger than {} MB.",
    "Tệp đường bao không phải GeoJSON: không đọc được như JSON.": (
        "The file of the outline is not GeoJSON: it cannot be read as JSON."
    ),
    "Tệp GeoJSON có «{}», không phải vùng. Cần Polygon hoặc MultiPolygon, như QGIS ghi ra.": (
        "The GeoJSON file has “{}”, which is no area. A Polygon or MultiPolygon is needed, as QGIS writes it."
    ),
    "Tệp GeoJSON dùng hệ tọa độ khác. Hãy xuất lại theo WGS 84 (EPSG:4326).": (
        "The GeoJSON file uses another coordinate system. Export it again in WGS 84 (EPSG:4326)."
    ),
    "Tệp có {} vùng, đã gộp tất cả.": "The file has {} areas; all were taken together.",
    "Đã bỏ qua {} điểm hoặc đường trong tệp: chúng không phải vùng.": (
        "{} points or lines of the file were left out: they are no areas."
    ),
    "Đã bỏ {} lỗ bên trong: người ở đó được cảnh báo cùng vùng bao quanh.": (
        "{} holes were left out: people there are warned with the area around them."
    ),
    "Đây là tệp nén (KMZ hoặc shapefile). Hãy giải nén, rồi gửi tệp .kml hoặc .geojson.": (
        "This is an archive (KMZ or shapefile). Unpack it, then send the .kml or .geojson file."
    ),
    "Chỉ nhận tệp GeoJSON (.geojson, .json) hoặc KML (.kml).": (
        "Only GeoJSON (.geojson, .json) or KML (.kml) files are accepted."
    ),
    "Không đọc được tệp KML: tệp bị hỏng.": "The KML file cannot be read: it is damaged.",
    "Không nhận tệp KML có khai báo DOCTYPE.": "KML files with a DOCTYPE declaration are not accepted.",
    "Tệp KML không có vùng nào (Polygon).": "The KML file has no area (Polygon).",
    "Tệp KML có điểm không đúng dạng: cần kinh độ,vĩ độ.": (
        "The KML file has a malformed point: longitude,latitude is needed."
    ),
    "Không có đơn vị {}": "There is no area {}",
}
"""Vietnamese sentence -> English sentence; the values ``{}`` come in the same order in both."""
