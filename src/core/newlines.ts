/** The same text, with its lines ended as this system and its shells end them: browsers send CR LF, whatever was typed. */
export const newlines = (text: string): string => text.replace(/\r\n?/g, "\n");
