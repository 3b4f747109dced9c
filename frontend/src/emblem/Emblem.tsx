import { useId, type CSSProperties } from "react";
import { blazonOf } from "./blazon";
import "./emblem.css";

interface EmblemProps {
  /** The kind of the piece, which decides the outline. */
  kind: string;
  /** The same kind and name always give the same emblem. */
  name: string;
  className?: string;
}

/** A small coat of arms for a piece. It is only an ornament: its piece's name must stand beside it. `--emblem-size` sets its size. */
export function Emblem({ kind, name, className = "" }: EmblemProps) {
  const id = useId();
  const { outline, division, fill, line, border, turn, isLight } = blazonOf(kind, name);
  const { path, x, y, scale } = outline;
  const inner = outline.border ?? path;
  const style = { "--turn": `${turn}` } as CSSProperties;
  return (
    <svg className={`emblem ${className}`} viewBox="0 0 48 48" data-light={isLight} style={style} aria-hidden="true" focusable="false">
      <clipPath id={id}>
        <path d={path} />
      </clipPath>
      <g clipPath={`url(#${id})`}>
        <path className="emblem__field" d={path} />
        <path className="emblem__division" d={division} />
      </g>
      {border !== "none" && <path className="emblem__border" data-border={border} d={inner} transform={outline.border ? undefined : "matrix(.84 0 0 .84 3.84 3.84)"} />}
      <path className="emblem__edge" d={path} />
      <g transform={`translate(${x} ${y}) scale(${scale})`}>
        <path className="emblem__charge" fillRule="evenodd" d={fill} />
        <path className="emblem__line" d={line} />
      </g>
    </svg>
  );
}
